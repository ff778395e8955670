/** The language and the minor version: a saved script stays open to patches of its runtime. */
export const lasting = (runtime: string) => runtime.replace(/^([^@]+@\d+\.\d+)\..*$/, "$1");
