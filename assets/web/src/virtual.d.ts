// What build.mjs provides: the user guide as HTML, and the list of files the service worker keeps.
declare module 'virtual:help' {
  interface HelpPage {
    /** of the file name: the same in both languages */
    number: number;
    topic: string;
    title: string;
    html: string;
  }
  export const help: { nl: HelpPage[]; en: HelpPage[] };
}

declare const SHELL_FILES: string[];
declare const SHELL_VERSION: string;

// The small build of hls.js has the types of the whole one.
declare module 'hls.js/light' {
  import Hls from 'hls.js';
  export default Hls;
}
