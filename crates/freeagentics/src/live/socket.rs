//! A WebSocket under way: one task talks to the client, one follows for each subscription.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axiomcore::http::Problem;
use axiomcore::http::codes::INVALID_BODY;
use axiomcore::identity::Principal;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use futures_util::SinkExt;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::Live;
use super::following::Following;
use super::message::{Reply, Request, event};
use super::place::Place;
use super::target::Target;
use super::teller::{GAP, Telling};
use crate::server::codes::TOO_MANY_STREAMS;

/// The most subscriptions of one connection.
const MOST: usize = 32;

/// The longest message of a client, in bytes.
const LONGEST: usize = 8 << 10;

/// So many batches of events wait for a connection; whoever follows waits then, and catches up from the log.
const WAITING: usize = 4;

/// How long a client may take to accept what is sent.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a subscription has to say.
enum News {
    Told(u64, Vec<Telling>),
    Ended(u64),
}

/// A conversation.
struct Socket {
    live: Live,
    principal: Arc<Principal>,
    place: Place,
    /// By their numbers, which count from 1.
    subscriptions: BTreeMap<u64, Subscription>,
    last: u64,
    news: mpsc::Sender<News>,
}

/// Ends when it is dropped.
struct Subscription(AbortHandle);

impl Drop for Subscription {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Why a conversation ends.
enum End {
    /// The other side is gone.
    Gone,
    /// We say so, with a code and a reason.
    Close(u16, &'static str),
}

impl Live {
    /// Opens a conversation, if there is a place for it.
    pub(super) fn open(&self, principal: Arc<Principal>, upgrade: WebSocketUpgrade) -> Result<Response, Problem> {
        let place = self.0.places.take(&principal)?;
        let live = self.clone();
        // Beyond the first limit a message is refused with a code, beyond the second one the connection just ends.
        let upgrade = upgrade.max_message_size(4 * LONGEST).max_frame_size(4 * LONGEST).read_buffer_size(4 << 10);
        Ok(upgrade.on_upgrade(move |connection| live.converse(principal, place, connection)))
    }

    /// Talks to a client until one of both ends it.
    async fn converse(self, principal: Arc<Principal>, place: Place, mut connection: WebSocket) {
        let (news, mut incoming) = mpsc::channel(WAITING);
        let mut socket = Socket { live: self, principal, place, subscriptions: BTreeMap::new(), last: 0, news };
        let end = socket.talk(&mut connection, &mut incoming).await;
        if let End::Close(code, reason) = end {
            let frame = CloseFrame { code, reason: reason.into() };
            // Whoever does not listen any more has gone.
            let _ = tokio::time::timeout(PATIENCE, connection.send(Message::Close(Some(frame)))).await;
        }
    }
}

impl Socket {
    async fn talk(&mut self, connection: &mut WebSocket, news: &mut mpsc::Receiver<News>) -> End {
        let stopping = self.live.0.stopping.clone();
        let (mut ticks, mut silent) = (self.live.ticks(), 0);
        let mut watch = self.live.0.identity.watch(&self.principal);
        loop {
            let done = tokio::select! {
                biased;
                () = stopping.requested() => Err(End::Close(close_code::AWAY, "the server is stopping")),
                _ = ticks.tick() => {
                    silent += 1;
                    self.look(connection, silent).await
                }
                () = watch.changed() => self.still_may().await,
                said = connection.recv() => {
                    silent = 0;
                    self.hear(connection, said).await
                }
                Some(news) = news.recv() => self.pass_on(connection, news).await,
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    /// Looks whether the client is still there, and still may be.
    async fn look(&self, connection: &mut WebSocket, silent: u32) -> Result<(), End> {
        if silent > 2 {
            return Err(End::Gone);
        }
        self.still_may().await?;
        send(connection, vec![Message::Ping(Default::default())]).await
    }

    async fn still_may(&self) -> Result<(), End> {
        if self.live.may_follow(&self.principal).await {
            return Ok(());
        }
        Err(End::Close(close_code::POLICY, "the credential does not work any more"))
    }

    async fn hear(
        &mut self,
        connection: &mut WebSocket,
        said: Option<Result<Message, axum::Error>>,
    ) -> Result<(), End> {
        let text = match said {
            None | Some(Err(_) | Ok(Message::Close(_))) => return Err(End::Gone),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Binary(_))) => {
                return Err(End::Close(close_code::UNSUPPORTED, "messages are texts of JSON"));
            }
            Some(Ok(Message::Text(text))) => text,
        };
        if text.len() > LONGEST {
            return Err(End::Close(close_code::SIZE, "the message is too long"));
        }
        let reply = match Request::read(&text) {
            Ok(request) => self.answer(request).await,
            Err(problem) => Err(problem),
        };
        let reply = reply.unwrap_or_else(|problem| Reply::Problem(problem.document(None)));
        send(connection, vec![Message::text(reply.text())]).await
    }

    async fn answer(&mut self, request: Request) -> Result<Reply, Problem> {
        match request {
            Request::Ping(value) => Ok(Reply::Pong(value)),
            Request::Unsubscribe(number) => match self.subscriptions.remove(&number) {
                Some(_) => Ok(Reply::Unsubscribed(number)),
                None => Err(Problem::new(&INVALID_BODY)
                    .detail(format!("there is no subscription {number}"))
                    .pointer("/unsubscribe")),
            },
            Request::FollowAgent(agent, after) => {
                let target = Target::agent(&self.live.0.teller, self.principal.workspace, agent).await?;
                self.subscribe(target, after).await
            }
            Request::FollowLabels(labels, after) => self.subscribe(Target::Labelled(labels), after).await,
        }
    }

    async fn subscribe(&mut self, target: Target, after: Option<u64>) -> Result<Reply, Problem> {
        if self.subscriptions.len() >= MOST {
            return Err(
                Problem::new(&TOO_MANY_STREAMS).detail(format!("a connection has at most {MOST} subscriptions"))
            );
        }
        let place = self.live.0.places.take(&self.principal)?;
        let teller = self.live.0.teller.clone();
        let following = Following::begin(teller, self.principal.workspace, target, after).await?;
        self.last += 1;
        let task = tokio::spawn(follow(self.last, following, place, self.news.clone()));
        self.subscriptions.insert(self.last, Subscription(task.abort_handle()));
        Ok(Reply::Subscribed(self.last))
    }

    async fn pass_on(&mut self, connection: &mut WebSocket, news: News) -> Result<(), End> {
        match news {
            // What was under way when a subscription was ended is not told any more.
            News::Told(number, _) | News::Ended(number) if !self.subscriptions.contains_key(&number) => Ok(()),
            News::Told(number, tellings) => {
                let gaps = tellings.iter().filter(|telling| telling.kind == GAP).count();
                self.place.told(tellings.len() - gaps, gaps);
                let messages = tellings.iter().map(|telling| Message::text(event(number, telling))).collect();
                send(connection, messages).await
            }
            News::Ended(number) => {
                self.subscriptions.remove(&number);
                send(connection, vec![Message::text(Reply::Ended(number).text())]).await
            }
        }
    }
}

/// Follows for one subscription, in the place that it has.
async fn follow(number: u64, mut following: Following, _place: Place, news: mpsc::Sender<News>) {
    loop {
        let told = match following.next().await {
            Ok(Some(tellings)) if tellings.is_empty() => continue,
            Ok(Some(tellings)) => News::Told(number, tellings),
            Ok(None) => News::Ended(number),
            Err(error) => {
                tracing::warn!(%error, "a live subscription ends: {error}");
                News::Ended(number)
            }
        };
        let is_over = matches!(told, News::Ended(_));
        if news.send(told).await.is_err() || is_over {
            return;
        }
    }
}

/// Sends all of these, and waits for the client to accept them.
async fn send(connection: &mut WebSocket, messages: Vec<Message>) -> Result<(), End> {
    let sending = async {
        for message in messages {
            connection.feed(message).await?;
        }
        connection.flush().await
    };
    match tokio::time::timeout(PATIENCE, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}
