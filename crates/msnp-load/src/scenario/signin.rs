//! People sign in and leave again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::World;
use super::world::outcome;
use crate::client::{Failure, Proof};
use crate::measure::{Outcome, Phase};

/// People sign in and leave again.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub struct SignIn {
    /// How many times in all; by default everybody once
    #[arg(long)]
    pub sign_ins: Option<usize>,
    /// How many a second; by default as many as can be
    #[arg(long, value_parser = super::rate)]
    pub rate: Option<f64>,
    /// How many are under way at once, in each process
    #[arg(long, default_value_t = 64)]
    pub at_once: usize,
    /// Show the password each time, and not only once for a ticket
    #[arg(long)]
    pub with_password: bool,
}

#[derive(Debug)]
pub(super) struct Stage {
    options: SignIn,
    /// Empty where the password is to be shown.
    proofs: Arc<Vec<Proof>>,
    /// Who is next: not those who have just been.
    next: Arc<AtomicUsize>,
}

impl Stage {
    pub(super) async fn set(options: SignIn, world: &Arc<World>) -> anyhow::Result<Self> {
        let proofs = match options.with_password {
            true => Vec::new(),
            false => world.proofs(world.people.len()).await?,
        };
        Ok(Self { options, proofs: Arc::new(proofs), next: Arc::default() })
    }

    pub(super) async fn round(&mut self, world: &Arc<World>) -> anyhow::Result<Outcome> {
        let people = world.people.len().max(1);
        let total = self.options.sign_ins.unwrap_or(people);
        let first = self.next.load(Ordering::Relaxed);
        let at_once = self.options.at_once.min(people);
        let stride = stride(people, at_once);
        let began = Instant::now();
        world.gauge.enter(Phase::There);
        let mut clients = JoinSet::new();
        for _ in 0..at_once {
            let (world, proofs, next) = (world.clone(), self.proofs.clone(), self.next.clone());
            let between = self.options.rate.map(|rate| 1.0 / rate);
            clients.spawn(async move {
                let mut done = 0;
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed) - first;
                    if number >= total {
                        return done;
                    }
                    if let Some(between) = between {
                        let at = began + Duration::from_secs_f64(between * number as f64);
                        tokio::time::sleep_until(at.into()).await;
                    }
                    match sign_in(&world, &proofs, (first + number) * stride % people).await {
                        Ok(()) => done += 1,
                        Err(failure) => world.gauge.failed(&failure),
                    }
                }
            });
        }
        let mut done = 0;
        while let Some(client) = clients.join_next().await {
            done += client?;
        }
        self.next.store(first + total, Ordering::Relaxed);
        Ok(outcome(began, [("sign-ins", done)]))
    }
}

/// How far from each other those are who come one after the other: as far as it goes with so many there at once. People have
/// their neighbours by number as contacts, and nobody is to meet any of his. Everybody comes once, since the two numbers have
/// no divisor in common.
fn stride(people: usize, at_once: usize) -> usize {
    let divisor = |mut a: usize, mut b: usize| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    (people / at_once.max(1) + 1..people).find(|stride| divisor(*stride, people) == 1).unwrap_or(1)
}

async fn sign_in(world: &World, proofs: &[Proof], place: usize) -> Result<(), Failure> {
    let began = Instant::now();
    let session = match proofs.get(place) {
        Some(proof) => world.sign_in(place, proof).await?,
        None => world.sign_in(place, &world.proof(place).await?).await?,
    };
    world.gauge.took("sign-in", began.elapsed());
    drop(session);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::stride;

    #[test]
    fn everybody_comes_once_and_nobody_beside_a_neighbour() {
        for (people, at_once) in [(1, 1), (2, 2), (3, 64), (10, 3), (5000, 64), (9973, 64), (15_000, 64)] {
            let stride = stride(people, at_once);
            let order: Vec<usize> = (0..people).map(|number| number * stride % people).collect();
            assert_eq!(order.iter().collect::<HashSet<_>>().len(), people);
            for together in order.windows(64).filter(|_| people >= 5000) {
                let mut places = together.to_vec();
                places.sort_unstable();
                assert!(places.windows(2).all(|two| two[1] - two[0] > 20), "{places:?}");
            }
        }
    }
}
