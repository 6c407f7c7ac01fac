//! Leases and lessor against models that are obviously right: lists that are searched from end to end.
