"""The rules of intake: what a signal is, who may read it, receipts, and how exact a time may be."""
