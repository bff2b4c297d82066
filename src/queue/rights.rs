//! The least rights on the broker of each of our users, as data: made of the same names as the topology.

use super::topology::{Names, unrouted_queue};

/// What nobody may touch.
const NOTHING: &str = "^$";
/// Under which the broker judges a publish to the default exchange.
const DEFAULT_EXCHANGE: &str = "amq.default";

/// What one user may do: three regular expressions over names, as `rabbitmqctl set_permissions` takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// Who: `worker` (`run` with AMQP_TOPOLOGY=verify), `discovery` (`enqueue --since` and other searches), `scaler` (reads
    /// the length of the job queue from the management API), `operator` (`dead-letters` and `enqueue` by hand).
    pub role: &'static str,
    /// Names that may be declared and deleted.
    pub configure: String,
    /// Names that may be published to, and queues that may be bound.
    pub write: String,
    /// Names that may be consumed from, and exchanges that may be bound to.
    pub read: String,
}

/// The rights of each role.
pub fn rights(names: &Names) -> [Rights; 4] {
    let (members, control, own) = match &names.shared {
        Some(shared) => {
            let own = format!("{}\\..*", escape(&shared.control));
            (
                Some(escape(&shared.members)),
                Some(escape(&shared.control)),
                Some(own),
            )
        }
        None => (None, None, None),
    };
    let shares = [&control, &own];
    let shares = || shares.into_iter().flatten().cloned();
    let worker = Rights {
        role: "worker",
        configure: any(own.clone()),
        write: any([&names.lanes, &names.transcripts, &names.audit]
            .map(|name| escape(name))
            .into_iter()
            .chain(shares())),
        read: any([&names.jobs, &names.suspects]
            .map(|name| escape(name))
            .into_iter()
            .chain(members.clone())
            .chain(shares())),
    };
    let discovery = Rights {
        role: "discovery",
        configure: any(own.clone()),
        write: any([escape(DEFAULT_EXCHANGE)].into_iter().chain(shares())),
        read: any(members.clone().into_iter().chain(shares())),
    };
    let outputs = [&names.transcripts, &names.audit];
    let waiting = names.delays.iter().map(|delay| names.retry(delay));
    let unrouted = outputs.map(|output| unrouted_queue(output));
    let letters = [names.dead.clone()]
        .into_iter()
        .chain(waiting)
        .chain(unrouted);
    let operator = Rights {
        role: "operator",
        configure: any(own.clone()),
        // What is redriven goes through the lanes, or to the exchange it was published to.
        write: any([escape(DEFAULT_EXCHANGE), escape(&names.lanes)]
            .into_iter()
            .chain(outputs.map(|output| escape(output)))
            .chain(shares())),
        read: any(letters
            .map(|name| escape(&name))
            .chain(members)
            .chain(shares())),
    };
    let scaler = Rights {
        role: "scaler",
        configure: NOTHING.to_owned(),
        write: NOTHING.to_owned(),
        read: NOTHING.to_owned(),
    };
    [worker, discovery, scaler, operator]
}

/// An expression that matches each of these whole, and nothing else.
fn any(expressions: impl IntoIterator<Item = String>) -> String {
    let expressions: Vec<_> = expressions.into_iter().collect();
    if expressions.is_empty() {
        return NOTHING.to_owned();
    }
    format!("^({})$", expressions.join("|"))
}

/// Of the characters that a name may have, only the dot means something in an expression.
fn escape(name: &str) -> String {
    name.replace('.', "\\.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AmqpConfig, Source};

    #[test]
    fn rights_are_for_whole_names_and_empty_where_there_is_no_name() {
        let config = AmqpConfig::read(&Source::from_pairs(&[])).unwrap();
        let [worker, discovery, scaler, operator] = rights(&Names::new(&config, None));
        assert_eq!(worker.configure, "^$");
        assert_eq!(
            worker.read,
            r"^(genesys\.conversations|genesys\.conversations\.suspects)$"
        );
        assert_eq!(discovery.write, r"^(amq\.default)$");
        assert_eq!((discovery.read, scaler.read), ("^$".into(), "^$".into()));
        // Who looks after what has failed takes no jobs.
        assert!(
            operator
                .read
                .starts_with(r"^(genesys\.conversations\.dead|")
        );
        assert!(!operator.read.contains(r"genesys\.conversations|"));

        let [worker, ..] = rights(&Names::new(&config, Some("demo-client")));
        assert_eq!(worker.configure, r"^(genesys\.control\.01e391bb\..*)$");
    }
}
