"""Intake: takes signals in by form, programs and integrations, and keeps to itself what nobody else may know."""
