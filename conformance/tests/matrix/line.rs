//! A server's side of one connection, and the ways in which it can end.

use std::future::pending;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::server::TlsStream;

/// Names the way in which a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// In order, both ways.
    Close,
    /// As TCP ends in order, but without the word of TLS that says so.
    Cut,
    /// Our side ends in order; the other one is neither read nor ended.
    HalfOpen,
    /// With a TCP reset.
    Reset,
    /// Never: no byte more comes.
    Stall,
    /// Bytes come that are no record of TLS, and then none.
    Damage,
}

impl End {
    /// Tells whether only a limit of the client ends its call.
    pub(crate) const fn waits(self) -> bool {
        matches!(self, Self::Stall)
    }
}

/// Holds a connection's bytes, plain or within TLS.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    pub(crate) fn tcp(&mut self) -> &mut TcpStream {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(tls) => tls.get_mut().0,
        }
    }

    /// Reads some bytes more; an end is an error.
    pub(crate) async fn read(&mut self, taken: &mut Vec<u8>) -> io::Result<()> {
        let mut buffer = [0; 4096];
        let size = match self {
            Self::Plain(tcp) => tcp.read(&mut buffer).await?,
            Self::Tls(tls) => tls.read(&mut buffer).await?,
        };
        taken.extend_from_slice(&buffer[..size]);
        match size {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    pub(crate) async fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(tcp) => tcp.write_all(bytes).await,
            Self::Tls(tls) => {
                tls.write_all(bytes).await?;
                tls.flush().await
            }
        }
    }

    /// Ends the connection and says so, and stays for as long as something of it is open.
    pub(crate) async fn end(mut self, end: End, ended: impl FnOnce()) -> io::Result<()> {
        match end {
            End::Close => {
                self.shutdown().await?;
                ended();
                self.drain().await;
            }
            End::Cut => {
                self.tcp().shutdown().await?;
                ended();
                self.drain().await;
            }
            End::HalfOpen => {
                self.shutdown().await?;
                ended();
                pending::<()>().await;
            }
            End::Reset => {
                // The peer reads first what was sent.
                sleep(Duration::from_millis(10)).await;
                self.tcp().set_zero_linger()?;
                drop(self);
                ended();
            }
            End::Stall => {
                ended();
                pending::<()>().await;
            }
            End::Damage => {
                self.tcp()
                    .write_all(b"\x17\x03\x03\x00\x08damaged!")
                    .await?;
                ended();
                pending::<()>().await;
            }
        }
        Ok(())
    }

    async fn shutdown(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(tcp) => tcp.shutdown().await,
            Self::Tls(tls) => tls.shutdown().await,
        }
    }

    /// Reads what still comes: a socket that is closed over unread bytes is reset.
    async fn drain(&mut self) {
        let mut unread = [0; 4096];
        let until_the_end = async {
            while self
                .tcp()
                .read(&mut unread)
                .await
                .is_ok_and(|size| size > 0)
            {}
        };
        drop(timeout(Duration::from_secs(30), until_the_end).await);
    }
}
