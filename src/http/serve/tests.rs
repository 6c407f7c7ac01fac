//! A trivial service over real connections of each kind.

use super::*;
use http_body_util::{BodyExt, Empty, Full};
use hyper::client::conn::{http1, http2};
use tokio::{
    net::{TcpStream, UnixStream},
    sync::oneshot,
    task::JoinHandle,
};
use tower::{service_fn, util::ServiceFn};

/// Serves "version path" until told to stop; `/wait` waits for that.
struct Served {
    url: String,
    stop: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

impl<F: Clone> Answering for ServiceFn<F> {
    fn of(&self, _remote: Option<SocketAddr>) -> Self {
        self.clone()
    }
}

async fn served(url: &str) -> Served {
    let listener = Listener::bind(url).await.unwrap();
    let url = listener.url();
    let (stop, stopped) = oneshot::channel();
    let (released, release) = watch::channel(false);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut release = release.clone();
        async move {
            if request.uri().path() == "/wait" {
                release.wait_for(|released| *released).await.unwrap();
            }
            let text = format!("{:?} {}", request.version(), request.uri().path());
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(text))))
        }
    });
    let stop_all = async move {
        let _ = stopped.await;
        released.send_replace(true);
    };
    let done =
        tokio::spawn(serve(listener, service, Settings::default(), Arc::new(Threads::start().unwrap()), stop_all));
    Served { url, stop, done }
}

impl Served {
    async fn tcp(&self) -> TokioIo<TcpStream> {
        TokioIo::new(TcpStream::connect(self.url.strip_prefix("http://").unwrap()).await.unwrap())
    }

    async fn end(self) {
        self.stop.send(()).unwrap();
        self.done.await.unwrap();
    }
}

fn request(path: &str) -> Request<Empty<Bytes>> {
    Request::get(format!("http://localhost{path}")).header("host", "localhost").body(Empty::new()).unwrap()
}

async fn text(response: Response<Incoming>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn both_versions_on_one_port() {
    let served = served("http://127.0.0.1:0").await;
    let (mut one, connection) = http1::handshake(served.tcp().await).await.unwrap();
    tokio::spawn(connection);
    let (mut two, connection) = http2::handshake(TokioExecutor::new(), served.tcp().await).await.unwrap();
    tokio::spawn(connection);
    for _ in 0..2 {
        assert_eq!(
            text(one.send_request(request("/a")).await.unwrap()).await,
            "HTTP/1.1 http://localhost/a".replace("http://localhost", "")
        );
        assert_eq!(text(two.send_request(request("/b")).await.unwrap()).await, "HTTP/2.0 /b");
    }
    // Both connections are idle, and neither holds up the end.
    served.end().await;
    assert!(one.send_request(request("/a")).await.is_err() && two.send_request(request("/b")).await.is_err());
}

#[tokio::test]
async fn what_is_under_way_is_answered() {
    let served = served("http://127.0.0.1:0").await;
    let (mut one, connection) = http1::handshake(served.tcp().await).await.unwrap();
    tokio::spawn(connection);
    let (mut two, connection) = http2::handshake(TokioExecutor::new(), served.tcp().await).await.unwrap();
    tokio::spawn(connection);
    // A round trip first, so that both are surely accepted.
    text(one.send_request(request("/")).await.unwrap()).await;
    text(two.send_request(request("/")).await.unwrap()).await;
    let (first, second) = (one.send_request(request("/wait")), two.send_request(request("/wait")));
    let (first, second, ()) = tokio::join!(first, second, served.end());
    // A request that the server had not seen when it stopped is refused; one that it had seen is answered.
    for response in [first, second].into_iter().flatten() {
        assert!(text(response).await.ends_with("/wait"));
    }
}

#[tokio::test]
async fn a_socket_file_serves_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let served = served(&format!("unix://{}", path.display())).await;
    let stream = TokioIo::new(UnixStream::connect(&path).await.unwrap());
    let (mut client, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    assert_eq!(text(client.send_request(request("/u")).await.unwrap()).await, "HTTP/2.0 /u");
    served.end().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn a_connection_that_says_nothing_does_not_hold_up_the_end() {
    let served = served("http://127.0.0.1:0").await;
    let silent = served.tcp().await;
    // Accepted in order: once this one is answered, the silent one is known.
    let (mut one, connection) = http1::handshake(served.tcp().await).await.unwrap();
    tokio::spawn(connection);
    text(one.send_request(request("/")).await.unwrap()).await;
    timeout(DRAIN / 2, served.end()).await.unwrap();
    drop(silent);
}
