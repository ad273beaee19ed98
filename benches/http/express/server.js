'use strict';
// The line of flows/bank.yaml as a product team writes it: Express and the vendor's SDK, a handler that
// loads the call, moves it on by what was pressed, and keeps it before it answers.
//
// PORT, WORKERS, TWILIO_AUTH_TOKEN, PUBLIC_URL, PIN_HMAC_KEY, CUSTOMERS (a CSV file) and either DB (SQLite's
// file) or DATABASE_URL (PostgreSQL) come from the environment.
const cluster = require('node:cluster');
const crypto = require('node:crypto');
const fs = require('node:fs');

const PORT = Number(process.env.PORT || 4000);
const WORKERS = Number(process.env.WORKERS || 1);
const TOKEN = process.env.TWILIO_AUTH_TOKEN;
const PUBLIC = new URL(process.env.PUBLIC_URL);
const PIN_KEY = process.env.PIN_HMAC_KEY;

const openStore = () => (process.env.DATABASE_URL
  ? require('./store-pg')(process.env.DATABASE_URL)
  : require('./store-sqlite')(process.env.DB));

const WORDS = {
  en: {
    main: 'For balances, press one. To speak to someone, press two. To end this call, press three.',
    account: 'To protect your account, we first check who is calling. Please enter your account number, then press the pound key.',
    pin: 'Please enter your phone PIN, then press the pound key.',
    wrong: 'The account number or PIN is not right. Please try again.',
    denied: 'We could not verify you. Goodbye.',
    offer: 'All our agents are busy. To be called back, press one. To end this call, press two.',
    confirm: 'We will call you on the number you are calling from. To confirm, press one. To end this call, press two.',
    booked: 'Your callback is booked. Goodbye.',
    balance: 'Your balance is available in the app. Goodbye.',
    bye: 'Thank you for calling. Goodbye.',
    again: 'That is not one of the choices.',
  },
  zh: {
    main: '查询余额，请按一。找客服，请按二。结束通话，请按三。',
    account: '为了保护您的账户，先确认一下您的身份。请输入您的账号，按井号键结束。',
    pin: '请输入您的电话服务密码，按井号键结束。',
    wrong: '账号或密码不正确，请再试一次。',
    denied: '没能核实您的身份。再见。',
    offer: '客服现在都在忙。由客服给您回电，请按一。结束通话，请按二。',
    confirm: '我们会拨打您的来电号码。确认，请按一。结束通话，请按二。',
    booked: '已经为您登记回电。再见。',
    balance: '余额可以在应用里查看。再见。',
    bye: '感谢您的来电，再见。',
    again: '输入有误。',
  },
};
const LANGUAGE = { en: 'en-US', zh: 'zh-CN' };

function serve() {
  const express = require('express');
  const twilio = require('twilio');
  const store = openStore();
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(express.urlencoded({ extended: false }));
  const signed = twilio.webhook({ protocol: PUBLIC.protocol.replace(':', ''), host: PUBLIC.host }, TOKEN);

  const ask = (lang, texts, options) => {
    const response = new twilio.twiml.VoiceResponse();
    const gather = response.gather({ action: '/voice/step', method: 'POST', input: 'dtmf', timeout: 6, ...options });
    for (const text of texts) gather.say({ language: LANGUAGE[lang] }, text);
    response.redirect({ method: 'POST' }, '/voice/step');
    return response.toString();
  };
  const end = (lang, text) => {
    const response = new twilio.twiml.VoiceResponse();
    response.say({ language: LANGUAGE[lang] }, text);
    response.hangup();
    return response.toString();
  };
  // What the caller hears at the step the call is at.
  const prompt = (call, first) => {
    const lang = call.lang || 'en';
    if (call.step === 'language') {
      return ask('en', ['Welcome to Example Bank.', 'For English, press one.', 'For Chinese, press two.'], { numDigits: 1 });
    }
    const typed = call.step === 'account' || call.step === 'pin';
    const texts = [first, WORDS[lang][call.step]].filter(Boolean);
    return ask(lang, texts, typed ? { finishOnKey: '#' } : { numDigits: 1 });
  };
  const fits = (wanted, account, pin) => {
    const typed = crypto.createHmac('sha256', PIN_KEY).update(`${account}:${pin}`).digest('hex');
    return Boolean(wanted) && crypto.timingSafeEqual(Buffer.from(wanted), Buffer.from(typed));
  };

  // Moves the call on; gives what is said before the next prompt, or how the call ends.
  const step = async (call, keys) => {
    const says = WORDS[call.lang || 'en'];
    const ends = (text) => { call.step = 'ended'; return { ends: text }; };
    switch (call.step) {
      case 'language':
        if (keys !== '1' && keys !== '2') return { first: says.again };
        call.lang = keys === '1' ? 'en' : 'zh';
        call.step = 'main';
        return {};
      case 'main':
        if (keys === '1') return ends(says.balance);
        if (keys === '3') return ends(says.bye);
        if (keys !== '2') return { first: says.again };
        call.step = 'account';
        return {};
      case 'account':
        if (!/^\d{6,20}$/.test(keys)) return { first: says.again };
        call.account = keys;
        call.step = 'pin';
        return {};
      case 'pin':
        if (fits(await store.pinHash(call.account), call.account, keys)) {
          call.verified = 1;
          call.step = 'offer';
          return {};
        }
        if (++call.tries >= 3) return ends(says.denied);
        call.step = 'account';
        return { first: says.wrong };
      case 'offer':
        if (keys === '2') return ends(says.bye);
        if (keys !== '1') return { first: says.again };
        call.step = 'confirm';
        return {};
      case 'confirm':
        if (keys === '2') return ends(says.bye);
        if (keys !== '1') return { first: says.again };
        return { ...ends(says.booked), callback: true };
      default:
        return ends(says.bye);
    }
  };

  app.post('/voice/incoming', signed, async (req, res) => {
    const call = { call_sid: req.body.CallSid, phone: req.body.From, step: 'language' };
    await store.begin(call, req.body.To);
    res.type('text/xml').send(prompt(call));
  });

  app.post('/voice/step', signed, async (req, res) => {
    const call = await store.load(req.body.CallSid);
    if (!call) return res.status(404).type('text/plain').send('unknown call');
    const from = call.step;
    const went = await step(call, (req.body.Digits || '').replace(/#$/, ''));
    await store.save(call, `${from}>${call.step}`, went.callback);
    return res.type('text/xml').send(went.ends ? end(call.lang || 'en', went.ends) : prompt(call, went.first));
  });

  app.listen(PORT, '127.0.0.1');
}

// Account, number and `hmac-sha256:` with the PIN's HMAC, as the wallet's core hands them out.
function customers() {
  const [title, ...lines] = fs.readFileSync(process.env.CUSTOMERS, 'utf8').trim().split('\n');
  const names = title.split(',');
  return lines.map((line) => {
    const row = Object.fromEntries(line.split(',').map((value, i) => [names[i], value]));
    return { account: row.account, phone: row.number, hash: row.pin_hash.replace('hmac-sha256:', '') };
  });
}

async function main() {
  if (cluster.isPrimary) {
    await openStore().seed(customers());
    if (WORKERS > 1) {
      for (let i = 0; i < WORKERS; i += 1) cluster.fork();
      process.on('SIGTERM', () => {
        for (const worker of Object.values(cluster.workers)) worker.process.kill();
        process.exit(0);
      });
      return;
    }
  }
  serve();
}
main().catch((error) => { console.error(error); process.exit(1); });
