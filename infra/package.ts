import { packInto } from './pack.ts';

const { bytes, zip, zipBytes, sha256 } = await packInto('dist');
for (const [name, size] of Object.entries(bytes)) console.log(`${String(size).padStart(9)}  dist/app/${name}`);
console.log(`${String(zipBytes).padStart(9)}  ${zip}\nsha256 ${sha256}`);
