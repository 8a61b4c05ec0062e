/** What is used of WebAssembly: the libraries that types are taken from do not know it. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object) => { exports: unknown }
}

/** WebAssembly, as Node has it. */
export const wasm = WebAssembly
