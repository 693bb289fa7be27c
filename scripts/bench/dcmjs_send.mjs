// Sends every file of a folder over one association with dcmjs-dimse.
//   node dcmjs_send.mjs CALLED_AE PORT FOLDER
import fs from 'node:fs';
import path from 'node:path';
import dimse from 'dcmjs-dimse';

const { Client } = dimse;
const { CStoreRequest } = dimse.requests;
const { Status } = dimse.constants;
dimse.log.level = 'error';

const [called, port, folder] = process.argv.slice(2);
const client = new Client();
let failed = 0;
for (const name of fs.readdirSync(folder).sort()) {
    const request = new CStoreRequest(path.join(folder, name));
    request.on('response', (response) => {
        failed += response.getStatus() !== Status.Success;
    });
    client.addRequest(request);
}
client.on('networkError', (error) => {
    console.error(String(error));
    process.exit(1);
});
client.on('closed', () => process.exit(failed ? 1 : 0));
client.send('127.0.0.1', Number(port), 'BENCH', called);
