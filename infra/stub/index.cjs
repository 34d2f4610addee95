/**
 * Stands in for packages that a dependency names and never uses here (`overrides` in package.json, with the reasons in
 * docs/dependencies.md). Azurite needs `Model` when it loads. The functions throw, so that a use is noticed.
 */
exports.Model = class Model {};

exports.Sequelize = class Sequelize {
  constructor() {
    throw new Error('Azurite has no SQL store here. Unset AZURITE_DB.');
  }
};

exports.tableFromIPC = function tableFromIPC() {
  throw new Error('Apache Arrow is not installed. List blobs as XML.');
};
