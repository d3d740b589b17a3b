// Asks the device for a passkey, or to make one, and sends what it answers. Only a script can.
"use strict";

(() => {
  const form = document.querySelector("form[data-passkey]");
  const failed = document.querySelector("[data-failed]");
  if (!form) return;
  const isNew = "new" in form.dataset;

  const asked = async () => {
    const options = JSON.parse(form.dataset.passkey);
    if (isNew) {
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
      return navigator.credentials.create({ publicKey });
    }
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return navigator.credentials.get({ publicKey });
  };

  const send = async () => {
    failed.hidden = true;
    const { rawId, response } = (await asked()).toJSON();
    const told = {
      raw_id: rawId,
      client_data: response.clientDataJSON,
      attestation: response.attestationObject,
      authenticator_data: response.authenticatorData,
      signature: response.signature,
      user_handle: response.userHandle,
    };
    for (const [name, value] of Object.entries(told)) {
      const field = form.elements.namedItem(name);
      if (field) field.value = value ?? "";
    }
    form.submit();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send().catch(() => {
      failed.hidden = false;
    });
  });
})();
