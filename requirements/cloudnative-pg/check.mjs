// Holds manifests against the schema of CloudNativePG: node check.mjs FILE... Run in a folder with the locked packages.
// Values are held against the schema itself; unknown fields, which it does not refuse, against the types made from it.
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import * as models from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1";
import ts from "typescript";
import { parseAllDocuments } from "yaml";

const TYPES = "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1";
const OPTIONS = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  noEmit: true,
  skipLibCheck: true,
  strict: true,
  target: ts.ScriptTarget.ES2022,
  types: [],
};

function againstSchema(manifest) {
  const Model = models[manifest.kind];
  if (Model === undefined) return [`there is no kind ${manifest.kind}`];
  try {
    new Model(manifest).validate();
    return [];
  } catch (error) {
    return [error.message];
  }
}

function againstTypes(manifest) {
  const file = resolve("manifest.ts");
  const source = `import type { I${manifest.kind} } from "${TYPES}";\nexport const manifest: I${manifest.kind} = ${JSON.stringify(manifest, null, 1)};\n`;
  const host = ts.createCompilerHost(OPTIONS);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022, true) : getSourceFile(name, ...rest);
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([file], OPTIONS, host));
  return diagnostics.map((each) => ts.flattenDiagnosticMessageText(each.messageText, "\n"));
}

const faults = process.argv.slice(2).flatMap((path) =>
  parseAllDocuments(readFileSync(path, "utf8")).flatMap((document) => {
    const manifest = document.toJS();
    return [...againstSchema(manifest), ...againstTypes(manifest)].map((fault) => `${basename(path)}: ${fault}`);
  }),
);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
