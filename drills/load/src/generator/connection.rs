//! A connection, one of many that a thread drives.

use std::io::ErrorKind;
use std::net::SocketAddr;

use harness::Result;
use harness::http::Frame;
use tokio::net::TcpStream;

/// Kept open. It can be asked again once its answer was taken.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(64 << 10) })
    }

    /// Sends a request and waits for the whole answer: its status and body.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<(u16, &[u8])> {
        self.received.clear();
        self.send(request).await?;
        loop {
            self.receive().await?;
            if let Some(frame) = Frame::find(&self.received)? {
                return Ok((frame.status, &self.received[frame.body]));
            }
        }
    }

    /// Most requests fit into the socket at once, so it is tried before it is waited for.
    async fn send(&self, mut request: &[u8]) -> Result<()> {
        while !request.is_empty() {
            match self.stream.try_write(request) {
                Ok(n) => request = &request[n..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.stream.writable().await?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn receive(&mut self) -> Result<()> {
        loop {
            self.stream.readable().await?;
            self.received.reserve(16 << 10);
            match self.stream.try_read_buf(&mut self.received) {
                Ok(0) => return Err("the server closed a connection that was to stay open".into()),
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
