"""Facts in and facts out: batches in, documents as the unit of truth, one leased relay out.

A service writes decisions against `documents` and lists them in a `stage.Reader`; its wiring starts a `bus.Bus`. To
read the rest, follow one record:

- in: `consumer` polls (a backlog in the order of `backlog`) and keeps offsets behind the database; `pipeline` has two
  batches in flight; `stage` takes one in; `message` reads a record.
- kept: `documents` hold state, marks and facts in one write (`shared.mongo`); `group_commit` lets new ones share a
  write; `store` has the offsets, the lease, and the records that are `parked`.
- out: `relay` publishes what documents hold, by the `publisher`.
- beside: `background` minds the tasks, `metrics` and `waiting` say how long things take.

Whoever lifts it out takes `shared.mongo` along, and of `shared.contracts` the envelope and what a topic is.
"""
