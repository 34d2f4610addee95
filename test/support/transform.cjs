const { transformSync } = require('esbuild');

/** Jest runs CommonJS; the sources are ES modules that Node could run as they are. */
module.exports = {
  process(source, filename) {
    const { code, map } = transformSync(source, {
      loader: /\.ts$/.test(filename) ? 'ts' : 'js',
      format: 'cjs',
      target: 'node22',
      sourcefile: filename,
      sourcemap: 'both',
      define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    });
    return { code, map };
  },
};
