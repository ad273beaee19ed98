//! A client made from the document alone: it asks everything, rightly and wrongly, by chance that can be
//! had again, and holds each answer against what is documented.

use super::document::operations;
use super::stage::{LINE, Stage, Told, told};
use crate::injected::dice::Dice;
use crate::support::json_schema::Schema;
use hotline::call::effect::Priority;
use serde_json::{Map, Value, json};

/// How often each operation is asked.
const ROUNDS: usize = 36;

struct Client {
    dice: Dice,
    document: Schema,
    ids: Vec<String>,
}

/// Something to ask, and whether the document allows it.
struct Asked {
    path: String,
    body: Option<Vec<u8>>,
    kind: &'static str,
    key: Option<String>,
    /// Parameters and body are as they should be.
    right: bool,
    /// The address leads to something.
    there: bool,
}

#[tokio::test]
async fn every_answer_is_one_the_document_tells_of() {
    let stage = Stage::new().await;
    let document = stage.get(&stage.mei, "/openapi.json").await.with(200);
    let mut ids = Vec::new();
    for n in 0..40 {
        ids.push(stage.trial(n, "chance", Priority::Normal, i64::from(n)).await);
    }
    let mut client = Client { dice: Dice::new(4711), document: Schema(document.clone()), ids };
    let tokens = [&stage.mei, &stage.ken, &stage.lin, &stage.lin, &stage.lin];
    let (mut asked, mut went) = (0, 0);
    for _ in 0..ROUNDS {
        for (method, path, operation) in operations(&document) {
            let ask = client.ask(&method, &path, operation);
            let token = if client.once_in(12) { "hl_nobodys" } else { *client.dice.one(&tokens).unwrap() };
            let mut request = stage.asking(&method.to_uppercase(), &ask.path, token);
            if let Some(body) = &ask.body {
                request = request.header("content-type", ask.kind).body(body.clone());
            }
            if let Some(key) = &ask.key {
                request = request.header("idempotency-key", key);
            }
            let told = told(request).await;
            let place = format!("{method} {} {:?}", ask.path, ask.body.as_deref().map(String::from_utf8_lossy));
            client.fits(&place, operation, &ask, &told);
            let role = operation["security"][0]["bearer"][0].as_str();
            match (token, role) {
                (_, None) => assert_eq!(told.status, 200, "{place}"),
                ("hl_nobodys", _) => assert_eq!(told.status, 401, "{place}"),
                (token, Some("supervisor")) if *token != stage.lin => assert_eq!(told.status, 403, "{place}"),
                _ if !ask.right || !ask.there => assert!((400..500).contains(&told.status), "{place}: {told:?}"),
                _ => assert!(![400, 401, 403, 413, 415].contains(&told.status), "{place}: {told:?}"),
            }
            asked += 1;
            went += usize::from(told.status < 300);
        }
    }
    assert_eq!(asked, ROUNDS * 20);
    assert!(went * 4 > asked, "{went} of {asked} went well: chance asks too much nonsense to find anything");
}

impl Client {
    /// Fails unless status, media type and body are documented.
    fn fits(&self, place: &str, operation: &Value, ask: &Asked, told: &Told) {
        assert!(told.status < 500, "{place}: {told:?}");
        if !ask.there && ask.right {
            assert!([404, 401, 403].contains(&told.status), "{place}: {told:?}");
        }
        let Some(answer) = operation["responses"].get(told.status.to_string()) else {
            panic!("{place}: {} is not documented: {told:?}", told.status);
        };
        let Some(content) = answer["content"].as_object() else {
            assert_eq!((told.text.as_str(), told.kind.as_str()), ("", ""), "{place}");
            return;
        };
        let schema = &content.get(&told.kind).unwrap_or_else(|| panic!("{place}: {}", told.kind))["schema"];
        let wrong = self.document.refuses_by(schema, &told.json());
        assert!(wrong.is_empty(), "{place} {}: {wrong:#?}\n{}", told.status, told.text);
        for name in answer["headers"].as_object().into_iter().flatten().map(|(name, _)| name) {
            assert!(told.head.contains_key(name) || name == "Link", "{place}: {name}");
        }
    }

    fn ask(&mut self, method: &str, path: &str, operation: &Value) -> Asked {
        let mut ask =
            Asked { path: path.to_owned(), body: None, kind: "application/json", key: None, right: true, there: true };
        let parameters: Vec<Value> = operation["parameters"].as_array().cloned().unwrap_or_default();
        let mut query = Vec::new();
        for parameter in &parameters {
            let name = parameter["name"].as_str().unwrap();
            match parameter["in"].as_str().unwrap() {
                "path" => self.fill(&mut ask, name),
                "query" if self.once_in(3) => query.push(self.parameter(&mut ask, name, &parameter["schema"])),
                "header" if self.once_in(4) => ask.key = Some(format!("k{}", self.dice.throw() % 40)),
                _ => {}
            }
        }
        // A moment goes with one part only.
        let finished = query.iter().any(|told| told == "section=finished");
        ask.right &= finished || !query.iter().any(|told| told.starts_with("since="));
        if !query.is_empty() {
            ask.path += &format!("?{}", query.join("&"));
        }
        if method == "post" {
            self.body(&mut ask, &operation["requestBody"]["content"]["application/json"]["schema"]);
        }
        ask
    }

    fn fill(&mut self, ask: &mut Asked, name: &str) {
        let wrong = ["0", "x", "%00", "00000000000000000000000000000000", "%E4%B8%AD", "-1"];
        let value = match (self.once_in(10), name) {
            (true, _) => {
                ask.there = false;
                (*self.dice.one(&wrong).unwrap()).to_owned()
            }
            (false, "nth") => (1 + self.dice.throw() % 3).to_string(),
            (false, _) => self.dice.one(&self.ids).unwrap().clone(),
        };
        ask.path = ask.path.replace(&format!("{{{name}}}"), &value);
    }

    fn parameter(&mut self, ask: &mut Asked, name: &str, schema: &Value) -> String {
        if self.once_in(6) {
            ask.right = false;
            let wrong = ["%00", "", "-1", "%F0%9F%98%80".repeat(101).leak(), "99999999999999999999"];
            let value = *self.dice.one(&wrong).unwrap();
            // A word filters what nobody has, and an empty list filters nothing.
            let empty = value.is_empty() && ["lang", "skill"].contains(&name);
            let fits = empty
                || ["topic", "line", "skill"].contains(&name) && !["%00", ""].contains(&value) && value.len() < 30;
            ask.right = fits;
            return format!("{name}={value}");
        }
        let value = self.value(name, schema);
        let text = match &value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        // A cursor cannot be thought of.
        ask.right &= name != "cursor" && (value.is_array() || !text.is_empty());
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~,".contains(&b);
        let coded = text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") });
        format!("{name}={}", coded.collect::<String>())
    }

    fn body(&mut self, ask: &mut Asked, schema: &Value) {
        if schema.is_null() {
            return;
        }
        let body = self.value("", schema);
        let mut text = body.to_string().into_bytes();
        if !self.once_in(4) {
            // Nothing at all where nothing need be said.
            if body.is_null() {
                return;
            }
            ask.right &= self.document.refuses_by(schema, &body).is_empty();
            ask.body = Some(text);
            return;
        }
        ask.right = false;
        let mut object = body.as_object().cloned().unwrap_or_default();
        match self.dice.throw() % 6 {
            0 => text = b"{".to_vec(),
            1 => text = b"[]".to_vec(),
            2 => ask.kind = "text/plain",
            3 => text = vec![b' '; 70_000],
            4 => {
                object.insert("no-such-field".to_owned(), Value::Bool(true));
                text = Value::Object(object).to_string().into_bytes();
            }
            _ => {
                let names: Vec<String> = self.properties(schema).keys().cloned().collect();
                let name = self.dice.one(&names).unwrap().clone();
                let wrong = [json!({ "a": [1] }), json!([[]]), json!("\u{0}"), json!("x".repeat(5000)), json!(-1.5)];
                object.insert(name, self.dice.one(&wrong).unwrap().clone());
                // A name of what is known may be anything but a list.
                let body = Value::Object(object);
                text = body.to_string().into_bytes();
            }
        }
        if text == b"null" {
            text = b"[]".to_vec();
        }
        ask.body = Some(text);
    }

    fn properties(&self, schema: &Value) -> Map<String, Value> {
        let schema = self.followed(schema);
        schema["properties"].as_object().cloned().unwrap_or_default()
    }

    /// A schema itself, where another only points to it or allows nothing beside it.
    fn followed<'a>(&'a self, schema: &'a Value) -> &'a Value {
        if let Some(to) = schema["$ref"].as_str() {
            return self.document.0.pointer(to.strip_prefix('#').unwrap()).unwrap();
        }
        match schema["oneOf"].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null")) {
            Some(one) => self.followed(one),
            None => schema,
        }
    }

    /// A value that fits a schema.
    fn value(&mut self, name: &str, schema: &Value) -> Value {
        let schema = self.followed(schema).clone();
        let known = match name {
            "line" => Some(json!(LINE)),
            "topic" => Some(json!(*self.dice.one(&["chance", "failed-payment", "refund"]).unwrap())),
            "lang" if schema["type"] == "string" => Some(json!("zh-HK")),
            "number" => Some(json!(format!("+852612300{:02}", self.dice.throw() % 100))),
            "account" => None,
            "nth" => Some(json!(1 + self.dice.throw() % 3)),
            "way" => Some(json!("trial")),
            "to" => Some(json!(*self.dice.one(&["mei", "ken", "nobody"]).unwrap())),
            "zone" => Some(json!("Asia/Tokyo")),
            "trials" => Some(json!(true)),
            _ => None,
        };
        if let Some(known) = known {
            return known;
        }
        if let Some(words) = schema["enum"].as_array() {
            return self.dice.one(words).unwrap().clone();
        }
        let kind = schema["type"].as_array().map_or(&schema["type"], |kinds| &kinds[0]).as_str().unwrap();
        match kind {
            "object" if schema["properties"].is_object() => {
                let required: Vec<&str> =
                    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let mut object = Map::new();
                for (name, inner) in schema["properties"].as_object().unwrap() {
                    if required.contains(&name.as_str()) || self.once_in(2) {
                        object.insert(name.clone(), self.value(name, inner));
                    }
                }
                Value::Object(object)
            }
            "object" => json!({ "order": "4711", "über": "中文\n🙂" }),
            "array" => {
                let count = self.dice.throw() % 3;
                Value::Array((0..count).map(|_| self.value(name, &schema["items"])).collect())
            }
            "integer" => {
                let (least, most) = (schema["minimum"].as_u64().unwrap_or(0), schema["maximum"].as_u64().unwrap_or(9));
                json!(least + self.dice.throw() % (most - least + 1))
            }
            "boolean" => json!(self.once_in(2)),
            "string" if schema["format"] == "date-time" => json!("2027-05-04T03:00:00Z"),
            "string" => json!(*self.dice.one(&["x", "what was said", "怎么样 🙂", "a,b", "' OR 1=1 --"]).unwrap()),
            other => panic!("no value of the type `{other}` is known"),
        }
    }

    fn once_in(&mut self, times: u64) -> bool {
        self.dice.throw().is_multiple_of(times)
    }
}
