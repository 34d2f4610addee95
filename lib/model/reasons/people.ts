import { ofClass } from '../reasonClass.ts';

export const forPeople = {
  ...ofClass('info', {
    'opted-out': 'The rotation tags were removed: the secret is left alone, both keys stay valid.',
  }),
  // Each inspection finds these anew.
  ...ofClass('person', {
    'shared-key-disabled':
      'Shared keys are off for this resource, which is right: Microsoft Entra ID is preferred. Remove the tags.',
    'value-not-of-resource': 'Put a current key of the resource into the secret.',
    'live-dead':
      'The live credential is dead and the target is held or paused: end the hold or the pause, and a working one is published.',
    'claimed-twice': 'Another secret is the target of this resource: untag one of the two.',
    'too-many-tags': 'A secret has 15 tags at most and Keyturn needs 4: remove some of your own.',
    'validity-too-short':
      'Validity less lead must be at least the overlap and a day: raise the validity or shorten the overlap.',
    'bad-tags': 'Correct the rotation tags of the secret.',
    'vault-not-listed':
      'The key or certificate lies in a vault that Keyturn may not use: add the vault to KEYTURN_OBJECT_VAULTS.',
    'credential-id-unknown': 'CredentialId must name a credential of the resource: correct or remove the tag.',
    'compromised-unknown':
      'A credential in compromised does not exist, is disabled already, or needs the option disable-old-version.',
    'secret-disabled': 'Enable the current version of the secret.',
    'managed-elsewhere': 'Another installation of Keyturn rotates this secret: remove one of the two.',
    'state-from-newer-version': 'A newer Keyturn wrote the state: update this one; nothing was touched.',
    'entra-connection-string': 'The connection string needs no access key (AuthType=): remove the tags.',
    'endpoint-not-of-resource': 'The connection string names another host than ProviderAddress does.',
    'notice-unclear':
      'A notice on the service may demand new keys, and does not say so: read it in Service Health; the detail has the request.',
    'rotated-just-now':
      'An emergency of this target began within the overlap, and another one would end what it made: name it in after, if you mean that.',
    'tags-lost': 'A new version was written without the rotation tags: set them again, or ignore tags in your tool.',
  }),
  // Only the history of the target shows these. They stay until a person resumes it.
  ...ofClass('person', {
    'proof-refused':
      'Two new keys were refused where they would be used. The live key is untouched. Resume by the API.',
    contended:
      'A tool writes dead values over ours: have it ignore the value (ignore_changes in Terraform), write a current one, or resume by the API.',
    'too-many-refusals': 'The service keeps refusing: see the code. Resume by the API or by deleting RotationProgress.',
    'live-would-die':
      'The state contradicts the resource; regenerating would end the live credential. Resume by the API.',
  }),
};
