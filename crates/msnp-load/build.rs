//! Has nothing to build; cargo takes build dependencies only with one of these.

fn main() {}
