"""The rules of reporting: what a report holds, who may read and fill it in, and what a partner may be told."""
