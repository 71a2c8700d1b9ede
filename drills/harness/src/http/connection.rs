//! A connection for drills that ask one thing after the other.

use std::io::{Error, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::{Frame, Response};
use crate::Result;

/// Longer than any request may take; a server that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(40);

/// An open connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// How asking ended when there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// The connection broke: nobody knows whether what was asked for was done.
    Broken(Error),
    /// Something that cannot be: the server hangs, or does not speak HTTP.
    Fault(crate::Failure),
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// If nobody listens there.
    pub fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Sends a request.
    ///
    /// # Errors
    /// If the connection is broken; part of the request may have arrived.
    pub fn send(&mut self, request: &[u8]) -> std::result::Result<(), NoAnswer> {
        self.stream.write_all(request).map_err(no_answer)
    }

    /// Waits for the next answer.
    ///
    /// # Errors
    /// If the connection breaks first.
    pub fn receive(&mut self) -> std::result::Result<Response, NoAnswer> {
        let mut chunk = [0; 16 << 10];
        loop {
            if let Some(Frame { status, replayed, is_last, body }) =
                Frame::find(&self.received).map_err(NoAnswer::Fault)?
            {
                let mut answer: Vec<u8> = self.received.drain(..body.end).collect();
                return Ok(Response { status, replayed, is_last, body: answer.split_off(body.start) });
            }
            match self.stream.read(&mut chunk).map_err(no_answer)? {
                0 => return Err(NoAnswer::Broken(ErrorKind::UnexpectedEof.into())),
                n => self.received.extend_from_slice(&chunk[..n]),
            }
        }
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// If there is none, for whatever reason.
    pub fn ask(&mut self, request: &[u8]) -> Result<Response> {
        self.send(request).and_then(|()| self.receive()).map_err(|reason| match reason {
            NoAnswer::Broken(error) => error.into(),
            NoAnswer::Fault(failure) => failure,
        })
    }
}

fn no_answer(error: Error) -> NoAnswer {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            NoAnswer::Fault(format!("the server has said nothing for {} s", PATIENCE.as_secs()).into())
        }
        _ => NoAnswer::Broken(error),
    }
}
