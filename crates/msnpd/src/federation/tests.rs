//! Networks that misbehave.
