//! Finds Redis, and finds it again.

use std::sync::PoisonError;
use std::time::Duration;

use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;
use tokio::task::spawn_blocking;

use super::Redis;
use crate::http::Health;
use crate::lifecycle::Stopping;

/// How long a look at what is known already may take.
const LOOK: Duration = Duration::from_secs(1);

impl Redis {
    /// Looks after the connection until `stopping`: makes it, asks about once a second whether Redis is still there, and
    /// makes it anew.
    pub async fn watch(self, stopping: Stopping) {
        loop {
            match self.connection() {
                Some((connection, generation)) => {
                    if let Err(why) = self.ask(connection).await {
                        self.lose(generation, &why);
                    }
                }
                None => self.find().await,
            }
            tokio::select! {
                () = stopping.requested() => return,
                () = tokio::time::sleep(self.0.watch_interval) => {}
            }
        }
    }

    /// Adds it to what is told about the service's health. Without it the service is degraded, and ready all the same.
    pub fn report(&self, health: &Health) {
        let redis = self.clone();
        health.check_aside("redis", LOOK, move || {
            let state = redis.0.state.read().unwrap_or_else(PoisonError::into_inner);
            let trouble = state.trouble.clone().unwrap_or_else(|| "not found yet".into());
            let there = state.connection.is_some();
            async move { if there { Ok(()) } else { Err(trouble) } }
        });
    }

    async fn find(&self) {
        let found = match self.try_to_find().await {
            Ok(found) => Ok(found),
            // Its password may be another one by now, and so its file.
            Err(why) => match self.renewed().await {
                Ok(true) => self.try_to_find().await,
                Ok(false) => Err(why),
                Err(unusable) => Err(format!("{why}; {unusable}")),
            },
        };
        let mut state = self.0.state.write().unwrap_or_else(PoisonError::into_inner);
        match found {
            Ok(connection) => {
                state.connection = Some(connection);
                state.generation += 1;
                state.trouble = None;
                tracing::info!("Redis is there");
            }
            Err(why) => {
                // Once for each reason, not once a second.
                if state.trouble.as_ref() != Some(&why) {
                    tracing::warn!(why, "Redis is not there, every node goes on by itself: {why}");
                }
                state.trouble = Some(why);
            }
        }
    }

    async fn renewed(&self) -> Result<bool, String> {
        let redis = self.clone();
        spawn_blocking(move || redis.renew()).await.unwrap_or(Ok(false))
    }

    async fn try_to_find(&self) -> Result<MultiplexedConnection, String> {
        let late = |_| Err(format!("no connection within {:?}", self.0.connect_timeout));
        tokio::time::timeout(self.0.connect_timeout, self.connect()).await.unwrap_or_else(late)
    }

    async fn connect(&self) -> Result<MultiplexedConnection, String> {
        let config = AsyncConnectionConfig::new().set_response_timeout(None).set_connection_timeout(None);
        let client = self.0.way.lock().unwrap_or_else(PoisonError::into_inner).client.clone();
        let connection = client.get_multiplexed_async_connection_with_config(&config).await;
        let connection = connection.map_err(|error| {
            let why = error.to_string();
            let advice = if why.contains("certificate") { "; redis.tls_ca names the authority" } else { "" };
            why + advice
        })?;
        self.ask(connection.clone()).await?;
        Ok(connection)
    }

    async fn ask(&self, mut connection: MultiplexedConnection) -> Result<(), String> {
        let ping = redis::cmd("PING");
        match tokio::time::timeout(self.0.timeout, ping.exec_async(&mut connection)).await {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_) => Err(format!("no answer within {:?}", self.0.timeout)),
        }
    }
}
