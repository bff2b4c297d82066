//! A headless Chromium, spoken to in its DevTools protocol over a pipe: messages of JSON, each ended by a zero byte.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{LOOK_AGAIN, PATIENCE};

/// What may be installed; INTERCEPTOR_TEST_CHROMIUM may name another.
const PROGRAMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
const OPTIONS: [&str; 11] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
];

/// A browser with one page; killed when dropped.
pub(crate) struct Browser {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    session: Option<String>,
    last_id: u64,
    /// Everything that was told without being asked for.
    pub(crate) events: Vec<Value>,
    _profile: tempfile::TempDir,
}

/// `None`, said in one line, where there is none.
pub(crate) fn browser() -> Option<Browser> {
    let named = std::env::var("INTERCEPTOR_TEST_CHROMIUM").ok();
    let mut programs = named.iter().map(String::as_str).chain(PROGRAMS);
    let runs = |program: &&str| {
        let version = Command::new(program).arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    };
    let Some(program) = programs.find(runs) else {
        eprintln!(
            "skipped: no browser is installed (apt-get install chromium); INTERCEPTOR_TEST_CHROMIUM may name one"
        );
        return None;
    };
    Some(Browser::start(program))
}

impl Browser {
    fn start(program: &str) -> Self {
        let profile = tempfile::TempDir::new().unwrap();
        // The protocol's pipes are the descriptors 3 and 4.
        let mut child = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >&2"#, program])
            .args(OPTIONS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .env("HOME", profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for message in output.split(0).map_while(Result::ok) {
                let message = serde_json::from_slice(&message).unwrap();
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser = Self {
            input: child.stdin.take().unwrap(),
            child,
            messages,
            session: None,
            last_id: 0,
            events: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.call("Target.attachToTarget", attach);
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Calls a method of the protocol.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let mut message = json!({"id": self.last_id, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.input.write_all(&bytes).unwrap();
        loop {
            let answer = self
                .messages
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("the browser does not answer to {method}"));
            if answer["id"] == json!(self.last_id) {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    /// What the page has, by the names of its window's size and of its media features.
    pub(crate) fn look(&mut self, width: u32, height: u32, features: &[(&str, &str)]) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", size);
        let features: Vec<_> = features
            .iter()
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
        self.call("Emulation.setEmulatedMedia", json!({"features": features}));
    }

    /// Goes to an address, and awaits that it is loaded.
    pub(crate) async fn open(&mut self, url: &str) {
        let opened = self.call("Page.navigate", json!({"url": url}));
        assert!(opened.get("errorText").is_none(), "{opened}");
        self.until("document.readyState === 'complete'").await;
    }

    /// The value of an expression in the page, awaited.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let parameters =
            json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let evaluated = self.call("Runtime.evaluate", parameters);
        let failed = evaluated.get("exceptionDetails");
        assert!(failed.is_none(), "{expression}: {failed:?}");
        evaluated["result"]["value"].clone()
    }

    /// Awaits that an expression is true in the page.
    pub(crate) async fn until(&mut self, condition: &str) {
        let looking = async {
            while self.value(condition) != json!(true) {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, looking).await;
        if found.is_err() {
            let page = self.value("document.body.innerText");
            panic!("awaited in vain: {condition}, on {page}");
        }
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: &str, code: u32) {
        for kind in ["keyDown", "keyUp"] {
            let text = if key == "Enter" { "\r" } else { "" };
            let event = json!({
                "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text,
            });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Writes a picture of the whole page to a file.
    pub(crate) fn picture(&mut self, file: &Path) -> Picture {
        let height = self.value("document.documentElement.scrollHeight");
        let width = self.value("innerWidth");
        let parameters = json!({
            "captureBeyondViewport": true,
            "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1},
        });
        let taken = self.call("Page.captureScreenshot", parameters);
        let data = taken["data"].as_str().unwrap().to_owned();
        std::fs::write(file, BASE64_STANDARD.decode(&data).unwrap()).unwrap();
        Picture(data)
    }

    /// How many pixels a picture has of each colour, the most frequent first. Leaves the page for an empty one, whose policy
    /// lets pictures in.
    pub(crate) async fn colours(&mut self, picture: &Picture) -> Vec<(u64, u64)> {
        self.open("about:blank").await;
        let script = format!(
            "(async () => {{
                const image = new Image();
                image.src = 'data:image/png;base64,{}';
                await image.decode();
                const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
                canvas.drawImage(image, 0, 0);
                const found = {{}};
                const pixels = new Uint32Array(canvas.getImageData(0, 0, image.width, image.height).data.buffer);
                for (const pixel of pixels) found[pixel & 0xffffff] = (found[pixel & 0xffffff] || 0) + 1;
                return found;
            }})()",
            picture.0
        );
        let found: BTreeMap<String, u64> = serde_json::from_value(self.value(&script)).unwrap();
        let mut colours: Vec<_> = found
            .into_iter()
            .map(|(colour, pixels)| (colour.parse().unwrap(), pixels))
            .collect();
        colours.sort_by_key(|(_, pixels)| std::cmp::Reverse(*pixels));
        colours
    }

    /// Addresses that were asked for.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.told("Network.requestWillBeSent")
            .map(|event| event["request"]["url"].as_str().unwrap().to_owned())
            .collect()
    }

    /// What the browser or the page complains of.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let logged = self.told("Log.entryAdded").map(|event| &event["entry"]);
        let written = self.told("Runtime.consoleAPICalled");
        let thrown = self.told("Runtime.exceptionThrown");
        let all = logged.chain(written).chain(thrown);
        all.map(ToString::to_string).collect()
    }

    fn told(&self, method: &str) -> impl Iterator<Item = &Value> {
        let events = self.events.iter();
        events
            .filter(move |event| event["method"] == method)
            .map(|event| &event["params"])
    }
}

/// A PNG in base64.
pub(crate) struct Picture(String);

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
