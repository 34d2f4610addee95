import { at, type Bicep } from './parser.ts';
import { named } from './values.ts';

/**
 * What the host of Azure Functions and the SDKs read
 * (learn.microsoft.com/azure/azure-functions/functions-app-settings and functions-reference#connections).
 */
const hostSettings = [
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'AZURE_CLIENT_ID',
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__queueServiceUri',
  'AzureWebJobsStorage__tableServiceUri',
];

/** Only settings are written so, no property of a resource. */
const looksLikeOne = /^(AzureWebJobs\w*__\w+|[A-Z][A-Z0-9]*(_[A-Z0-9]+)+)$/;

/** Both ways: no setting that no one reads, none of the app's that a deployment could not set. */
export function settingProblems(ofTheApp: readonly string[], files: readonly Bicep[]): readonly string[] {
  const known = [...ofTheApp, ...hostSettings];
  const set = files.flatMap(({ path, root }) =>
    root.descendantsOfType('object_property').flatMap((property) => {
      const name = (named(property)[0]?.text ?? '').replaceAll("'", '');
      return looksLikeOne.test(name) ? [{ name, at: at(path, property) }] : [];
    }),
  );
  return [
    ...set
      .filter(({ name }) => !known.includes(name))
      .map(({ name, at }) => `${at}: nothing reads the setting ${name}`),
    ...known.filter((name) => !set.some((each) => each.name === name)).map((name) => `no Bicep file sets ${name}`),
  ];
}
