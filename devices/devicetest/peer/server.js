// An OPC UA server for the conformance suite, on a stack that shares nothing with the one under test. It plays a machine
// with the sequence handshake and keeps its registers in a file, as a controller with retentive memory does.
//
// node server.js PORT DIR CERT KEY
// Commands come as JSON lines on stdin: {"bad":true|false}, {"cycle":milliseconds}. Each is answered on stdout with
// {"pulses":n}. The first line on stdout is {"ready":true}.
"use strict";
const fs = require("fs");
const path = require("path");
const readline = require("readline");
const {
  OPCUAServer, OPCUACertificateManager, Variant, DataType, StatusCodes, MessageSecurityMode, SecurityPolicy,
} = require("node-opcua");

const [port, dir, certificateFile, privateKeyFile] = process.argv.slice(2);
const memoryFile = path.join(dir, "memory.json");
const IDLE = 4, EXECUTE = 6, COMPLETE = 17, RESET = 1;

const memory = {
  state: IDLE, program: 1, commandSeq: 0, commandLot: "", ackSeq: 0, ackLot: "", resultSeq: 0, resultLot: "",
  resultOK: false, value: 0, pulses: 0,
};
try {
  Object.assign(memory, JSON.parse(fs.readFileSync(memoryFile, "utf8")));
} catch (e) {
  if (e.code !== "ENOENT") throw e;
}
let bad = false;
let cycle = 300;

function save() {
  fs.writeFileSync(memoryFile + ".new", JSON.stringify(memory));
  fs.renameSync(memoryFile + ".new", memoryFile);
}

async function main() {
  const manager = new OPCUACertificateManager({ rootFolder: path.join(dir, "pki"), automaticallyAcceptUnknownCertificate: true });
  await manager.initialize();
  const server = new OPCUAServer({
    port: Number(port), hostname: "127.0.0.1", alternateHostname: ["127.0.0.1"], host: "127.0.0.1",
    certificateFile, privateKeyFile, serverCertificateManager: manager,
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: true, disableDiscovery: true,
    userManager: { isValidUser: (user, password) => user === "mes" && password === "correct horse" },
    serverInfo: { applicationUri: "urn:steelthread:peer" },
    // Tight on purpose: a client that does not read the limits runs into BadTooManyOperations.
    serverCapabilities: { operationLimits: { maxNodesPerRead: 5, maxNodesPerWrite: 3, maxMonitoredItemsPerCall: 4 } },
  });
  await server.initialize();
  const space = server.engine.addressSpace;
  const ns = space.getOwnNamespace();
  const machine = ns.addObject({ organizedBy: space.rootFolder.objects, browseName: "Machine" });
  const nodes = {};

  function register(name, dataType, value, write) {
    const node = ns.addVariable({
      componentOf: machine, browseName: name, nodeId: "s=" + name, dataType: DataType[dataType],
      accessLevel: write ? "CurrentRead | CurrentWrite" : "CurrentRead",
      userAccessLevel: write ? "CurrentRead | CurrentWrite" : "CurrentRead",
      minimumSamplingInterval: write === undefined ? 50 : 0,
    });
    nodes[name] = { node, dataType: DataType[dataType] };
    put(name, value);
    if (typeof write === "function") {
      // Every write counts, also one that brings the value that is there already.
      const plain = node.writeValue.bind(node);
      node.writeValue = function (context, dataValue, range, done) {
        if (typeof range === "function") { done = range; range = undefined; }
        const answer = (err, status) => {
          if (!err && status === StatusCodes.Good) write(dataValue.value.value);
          return done ? done(err, status) : status;
        };
        if (done) return plain(context, dataValue, range, answer);
        return plain(context, dataValue, range).then((status) => answer(null, status));
      };
    }
  }
  function put(name, value, status) {
    const { node, dataType } = nodes[name];
    node.setValueFromSource(new Variant({ dataType, value }), status || StatusCodes.Good);
  }
  function show() {
    put("State", memory.state);
    put("ProgramActual", memory.program);
    put("AckSeq", memory.ackSeq);
    put("ResultLot", memory.resultLot);
    put("ResultOK", memory.resultOK);
    put("Value", memory.value, bad ? StatusCodes.BadSensorFailure : StatusCodes.Good);
    put("ResultSeq", memory.resultSeq);
    save();
  }
  function finish() {
    memory.resultSeq = memory.ackSeq;
    memory.resultLot = memory.ackLot;
    memory.resultOK = true;
    memory.value = 18.02;
    memory.state = COMPLETE;
    show();
  }
  function start(seq) {
    memory.commandSeq = seq;
    if (seq !== 0 && seq !== memory.ackSeq && memory.state === IDLE) {
      memory.pulses++;
      memory.ackSeq = seq;
      memory.ackLot = memory.commandLot;
      memory.state = EXECUTE;
      setTimeout(finish, cycle);
    }
    show();
  }

  register("State", "Int32", memory.state);
  register("Control", "Int32", 0, (v) => {
    if (v === RESET && memory.state === COMPLETE) memory.state = IDLE;
    show();
    put("Control", 0);
  });
  register("ProgramSet", "Int32", memory.program, (v) => { memory.program = v; show(); });
  register("ProgramActual", "Int32", memory.program);
  register("CommandSeq", "UInt32", memory.commandSeq, start);
  register("CommandLot", "String", memory.commandLot, (v) => { memory.commandLot = v; save(); });
  register("AckSeq", "UInt32", memory.ackSeq);
  register("ResultSeq", "UInt32", memory.resultSeq);
  register("ResultLot", "String", memory.resultLot);
  register("ResultOK", "Boolean", memory.resultOK);
  register("Value", "Double", memory.value);
  register("Float", "Float", 0, true);
  register("Byte", "Byte", 0, true);
  register("Word", "UInt16", 0, true);
  register("List", "Int32", 0, true);
  for (let i = 1; i <= 20; i++) register("Extra" + i, "Int16", i);

  if (memory.ackSeq !== memory.resultSeq) setTimeout(finish, cycle);
  show();
  await server.start();
  readline.createInterface({ input: process.stdin }).on("line", (line) => {
    const cmd = JSON.parse(line);
    if (cmd.cycle !== undefined) cycle = cmd.cycle;
    if (cmd.bad !== undefined) { bad = cmd.bad; show(); }
    process.stdout.write(JSON.stringify({ pulses: memory.pulses }) + "\n");
  }).on("close", () => process.exit(0));
  process.stdout.write(JSON.stringify({ ready: true }) + "\n");
}
main().catch((e) => { console.error(e); process.exit(1); });
