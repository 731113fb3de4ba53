//! What a network is to be told, as names of people: what there is to say about each is looked up when his turn comes.
//!
//! So nobody's state is ever told out of order, and somebody who changes often costs a slow network no more than one who
//! has changed once. Nothing waits to put something in.

use std::collections::{HashSet, VecDeque};

use msnp::types::Email;
use parking_lot::Mutex;
use tokio::sync::Notify;

/// How many tasks wait at most. With more of them all are dropped, and everybody is looked at once instead.
const MAX_TASKS: usize = 16_384;

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Task {
    /// Whom this one of ours wants to see.
    Watches(Email),
    /// What this one of ours shows to those who watch him.
    Shows(Email),
    /// Everybody.
    Everything,
}

/// The tasks of one network, each once.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    inner: Mutex<Inner>,
    added: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    order: VecDeque<Task>,
    known: HashSet<Task>,
}

impl Tasks {
    /// Puts a task behind the others, unless it waits already. Returns whether there were too many.
    pub(super) fn add(&self, task: Task) -> bool {
        let overflows = self.inner.lock().add(task);
        self.added.notify_one();
        overflows
    }

    /// Waits for the next task, and takes it.
    pub(super) async fn next(&self) -> Task {
        loop {
            if let Some(task) = self.inner.lock().take() {
                return task;
            }
            self.added.notified().await;
        }
    }
}

impl Inner {
    fn add(&mut self, task: Task) -> bool {
        // Whoever is looked at with everybody is not looked at on his own before that.
        if self.known.contains(&Task::Everything) || !self.known.insert(task.clone()) {
            return false;
        }
        self.order.push_back(task);
        let overflows = self.order.len() > MAX_TASKS;
        if overflows {
            (self.order, self.known) = (VecDeque::new(), HashSet::new());
            self.add(Task::Everything);
        }
        overflows
    }

    fn take(&mut self) -> Option<Task> {
        let task = self.order.pop_front()?;
        self.known.remove(&task);
        Some(task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(number: usize) -> Task {
        Task::Shows(format!("user{number}@example.com").parse().unwrap())
    }

    #[tokio::test]
    async fn each_waits_once_and_too_many_become_one() {
        let tasks = Tasks::default();
        assert!(!tasks.add(task(1)) && !tasks.add(task(2)) && !tasks.add(task(1)));
        assert_eq!([tasks.next().await, tasks.next().await], [task(1), task(2)]);
        assert!((0..MAX_TASKS).all(|number| !tasks.add(task(number))));
        assert!(tasks.add(task(MAX_TASKS)));
        assert!(!tasks.add(task(1)), "that is part of everything");
        assert_eq!(tasks.next().await, Task::Everything);
        tasks.add(task(1));
        assert_eq!(tasks.next().await, task(1));
    }
}
