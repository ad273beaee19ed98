//! Floor 6: the commands. Reads the command line and the settings, and hands over to the command's
//! own file. Knows nothing of how a command does its work.

pub mod app;
pub mod call;
pub mod check;
mod deeds;
pub mod erase;
pub mod export;
pub mod export_flows;
pub mod export_log;
pub mod export_scores;
pub mod folder;
pub mod graph;
pub mod import;
pub mod load;
pub mod migrate;
pub mod outbox;
pub mod providers;
pub mod schema;
pub mod serve;
pub mod test;
pub mod user;
pub mod watch;

use crate::config::{Config, Log};
use crate::store::{EMBEDDED_CONNECTIONS, Store};
use crate::telemetry;
use clap::{Parser, Subcommand};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// A phone call-flow server for payment and e-wallet customer service.
///
/// With no command it serves: it makes its data folder, loads the flows, and can be called from the
/// browser.
#[derive(Parser)]
#[command(name = "hotline", version)]
pub struct Cli {
    /// The file of settings; without it hotline.toml, if it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Answer calls.
    Serve,
    /// Tell every problem of the flows, each with its place and how to mend it.
    Check {
        /// The flows to check; all when none is named.
        flows: Vec<String>,
        /// A folder with the flows as they were before: options that moved to another key are told.
        #[arg(long, value_name = "FOLDER")]
        against: Option<PathBuf>,
        /// Do not try every key on the engine, only reckon.
        #[arg(long)]
        quick: bool,
        /// As if calls came by these providers too; without it, those that the settings name.
        #[arg(long, value_name = "PROVIDER", value_delimiter = ',')]
        on: Vec<String>,
        /// Look instead whether providers reach the running server at its public address as they should.
        #[arg(long)]
        providers: bool,
        /// How problems are told.
        #[arg(long, value_enum, default_value = "text")]
        format: check::Format,
    },
    /// Play the stories beside the flows, and list the steps and choices that none reaches.
    Test {
        /// The flows, or files of stories, to play; all when none is named.
        #[arg(value_name = "FILE")]
        files: Vec<String>,
        /// How it is told.
        #[arg(long, value_enum, default_value = "text")]
        format: check::Format,
    },
    /// Draw a flow as SVG.
    Graph {
        /// The flow to draw.
        flow: String,
        /// The language of what is said, as zh-CN; the flow's first when none is named.
        #[arg(long, value_name = "LANGUAGE")]
        lang: Option<String>,
    },
    /// Print the JSON Schema of the flow language, for editors.
    Schema,
    /// Call a flow in the terminal, or with --calls a running server many times.
    Call(Call),
    /// Make the database's tables, or bring them to this version.
    Migrate,
    /// Forget a person: erase everything that is kept of a telephone number.
    Erase {
        /// The number, as +8613800138000.
        phone: String,
        /// How it is told.
        #[arg(long, value_enum, default_value = "text")]
        format: check::Format,
    },
    /// Show what is to be sent or fetched and was not yet; parked is what was refused or failed too often.
    Outbox {
        /// How it is told.
        #[arg(long, value_enum, default_value = "text")]
        format: check::Format,
        /// Try this one again at once.
        #[arg(long, value_name = "ID")]
        retry: Vec<String>,
        /// Give this one up.
        #[arg(long, value_name = "ID")]
        drop: Vec<String>,
    },
    /// Write out what is recorded or published.
    #[command(subcommand)]
    Export(Export),
    /// Read customers in.
    #[command(subcommand)]
    Import(Import),
    /// Say who may sign in, and as what.
    #[command(subcommand)]
    User(user::User),
}

/// A call in the terminal, or many over HTTP.
#[derive(clap::Args)]
pub struct Call {
    /// The flow to call.
    pub flow: String,
    /// The number that calls, as +8613800138000.
    #[arg(long, value_name = "NUMBER")]
    pub from: Option<String>,
    /// The language to begin in, as zh-CN.
    #[arg(long, value_name = "LANGUAGE")]
    pub lang: Option<String>,
    /// What to do at each wait, one group a turn: keys, as 1,2,10001001#, how a desk does, as busy, or seconds of a
    /// message; prints the transcript and ends.
    #[arg(long, value_name = "KEYS", allow_hyphen_values = true)]
    pub keys: Option<String>,
    /// Many calls.
    #[command(flatten)]
    pub load: load::Load,
}

#[derive(Subcommand)]
enum Export {
    /// What agents must do, each request with its history.
    Requests {
        /// How it is written.
        #[arg(long, value_enum, default_value = "json")]
        format: export::Format,
    },
    /// What is live, as files: comments, order and all, as they were published.
    Flows(export_flows::Wanted),
    /// What callers thought of it.
    Scores {
        /// How it is written.
        #[arg(long, value_enum, default_value = "csv")]
        format: export_scores::Format,
    },
    /// What everybody did, and whether the log of it is as it was written.
    Log {
        /// How it is written.
        #[arg(long, value_enum, default_value = "csv")]
        format: export_log::Format,
    },
}

#[derive(Subcommand)]
enum Import {
    /// Customers: account, name, number, language, pin or pin_hash, state; other columns are kept
    /// as they are. Reading the same file again changes nothing.
    Customers {
        /// A CSV file with a line of titles, or a file with a JSON object a line.
        file: PathBuf,
    },
}

/// Does what the command line says. The exit code is 0 when all is well and 1 when the work was
/// done and something in it was refused.
///
/// # Errors
/// The work could not be done.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let env = |name: &str| std::env::var(name).ok();
    let command = cli.command.unwrap_or(Command::Serve);
    // What looks at flows alone reads no more of the settings than where they are.
    let flows = || Config::flows_at(cli.config.as_deref(), &env);
    let folder = || flows().map(|at| at.folder);
    let mut out = io::BufWriter::new(io::stdout());
    let done = match &command {
        Command::Check { flows: names, against, quick, on, providers: false, format } => {
            let at = flows()?;
            let wanted = check::Wanted { names, against: against.as_deref(), on, quick: *quick };
            Some(check::run(&at, &wanted, *format, &mut out)?)
        }
        Command::Test { files, format } => Some(test::run(&folder()?, files, *format, &mut out)?),
        Command::Graph { flow, lang } => {
            graph::run(&folder()?, flow, lang.as_deref(), &mut out)?;
            Some(true)
        }
        Command::Schema => {
            schema::run(&mut out)?;
            Some(true)
        }
        _ => None,
    };
    if let Some(all_well) = done {
        out.flush()?;
        return Ok(code(all_well));
    }
    let config = Config::load(cli.config.as_deref(), &env)?;
    if let Command::Call(Call { flow, keys: Some(keys), load: load @ load::Load { calls: Some(_), .. }, .. }) = &command
    {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build_local(Default::default())?;
        return runtime.block_on(load::run(&config, flow, keys, load)).map(code);
    }
    // A disk that hangs holds up as many threads as the store has connections to SQLite, and no call.
    let threads = std::thread::available_parallelism()?.get().max(EMBEDDED_CONNECTIONS + 1);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    runtime.block_on(act(command, &config))
}

async fn act(command: Command, config: &Config) -> anyhow::Result<ExitCode> {
    let mut out = io::BufWriter::new(io::stdout());
    match command {
        Command::Check { format, .. } => {
            let all_well = providers::run(config, format, &mut out).await?;
            out.flush()?;
            return Ok(code(all_well));
        }
        Command::Test { .. } | Command::Graph { .. } | Command::Schema => {}
        Command::Serve => {
            telemetry::start(&config.log)?;
            serve::run(config).await?;
        }
        Command::Call(Call { flow, from, lang, keys, .. }) => {
            // A call is read by a person: the log speaks up only when something is wrong.
            telemetry::start(&Log { filter: "warn".into(), ..config.log.clone() })?;
            let keys = keys.map(|keys| keys.split(',').map(|group| group.trim().to_owned()).collect());
            call::run(config, call::Wanted { flow, from, lang, keys }).await?;
        }
        Command::Migrate => migrate::run(config, &mut out).await?,
        Command::Erase { phone, format } => {
            let store = open_store(config).await?;
            erase::run(&store, &app::open_objects(config)?, &phone, format, &mut out).await?;
            store.close().await;
        }
        Command::Export(Export::Requests { format }) => {
            let store = open_store(config).await?;
            export::requests(&store, format, &mut out).await?;
            deeds::record(&store, "export", "requests", None, None).await?;
            store.close().await;
        }
        Command::Export(Export::Flows(wanted)) => {
            let store = open_store(config).await?;
            let all = export_flows::flows(&store, &config.flows, &wanted, &mut out).await?;
            store.close().await;
            out.flush()?;
            return Ok(code(all));
        }
        Command::Export(Export::Scores { format }) => {
            let store = open_store(config).await?;
            export_scores::scores(&store, format, &mut out).await?;
            deeds::record(&store, "export", "scores", None, None).await?;
            store.close().await;
        }
        Command::Export(Export::Log { format }) => {
            let store = open_store(config).await?;
            let whole = export_log::log(&store, format, &mut out, &mut io::stderr()).await?;
            deeds::record(&store, "export", "log", None, None).await?;
            store.close().await;
            return Ok(code(whole));
        }
        Command::Outbox { format, retry, drop } => {
            let store = open_store(config).await?;
            let found = outbox::run(&store, outbox::Wanted { format, retry, drop }, &mut out).await?;
            store.close().await;
            out.flush()?;
            return Ok(code(found));
        }
        Command::User(user) => {
            let store = open_store(config).await?;
            user::run(&store, user, &config.public_url(config.listen), &mut out).await?;
            store.close().await;
        }
        Command::Import(Import::Customers { file }) => return import::customers(config, &file).await.map(code),
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Opens the database of the settings, its tables brought to this version.
///
/// # Errors
/// It cannot be opened or brought to this version.
pub async fn open_store(config: &Config) -> anyhow::Result<Store> {
    if config.database_url.reveal().starts_with("sqlite:") {
        config.make_data_folder()?;
    }
    let store = Store::open(config.database_url.reveal(), &uuid::Uuid::now_v7().simple().to_string()).await?;
    store.migrate().await?;
    Ok(store.sealed(&config.pepper()?))
}

fn code(all_well: bool) -> ExitCode {
    if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
