// A real browser that plays what was recorded, by HLS, from the server itself.
import { existsSync } from 'node:fs';

const hls = new URL('../../assets/web/node_modules/hls.js/dist/hls.min.js', import.meta.url).pathname;
const browser = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why there is nothing to play with; null when there is. */
export const missing = !existsSync(browser) ? `${browser} is not there` : !existsSync(hls) ? 'assets/web/node_modules is not there (npm ci)' : null;

const PLAY = async ({ url, duration }) => {
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  const player = new Hls({ startPosition: 0 });
  const problems = [];
  const until = async (check, what) => {
    const deadline = performance.now() + 15000;
    while (!check()) {
      if (performance.now() > deadline) {
        const ranges = [...Array(video.buffered.length).keys()].map((i) => [video.buffered.start(i), video.buffered.end(i)]);
        throw new Error(`${what}: at ${video.currentTime} of ${video.duration}, buffered ${JSON.stringify(ranges)}, ${problems.join('; ')}`);
      }
      await new Promise((done) => setTimeout(done, 20));
    }
  };
  player.on(Hls.Events.ERROR, (_, data) => { if (data.fatal || data.type === 'mediaError') problems.push(`${data.type} ${data.details} ${data.reason ?? data.error ?? ''}`); });
  player.loadSource(url);
  player.attachMedia(video);
  try {
    await until(() => video.readyState >= 2, 'no first picture');
    await until(() => video.buffered.length > 0 && video.buffered.end(video.buffered.length - 1) > duration - 0.2, 'not all of it loads');
    const end = video.buffered.end(video.buffered.length - 1);
    const ranges = video.buffered.length;
    await video.play();
    await until(() => video.currentTime > Math.min(0.2, duration / 2), 'the start does not play');
    video.currentTime = Math.max(0, duration - 0.4);
    await video.play().catch(() => {});
    await until(() => video.ended || video.currentTime > duration - 0.15, 'the end does not play');
    return { end, ranges, frames: video.getVideoPlaybackQuality().totalVideoFrames, problems };
  } finally {
    player.destroy();
    video.remove();
  }
};

export class Player {
  static async open() {
    const { chromium } = await import('playwright-core');
    const player = new Player();
    const { G_DEBUG, ...env } = process.env; // what makes our own warnings fatal would end the browser over its own
    player.browser = await chromium.launch({
      executablePath: browser,
      env,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
    });
    player.page = await player.browser.newPage();
    return player;
  }

  /** Plays the beginning and the end of a segment; fails when either does not. {end, ranges, frames} */
  async play(server, visit, trackId, number, duration) {
    const blank = `${server.address}/crash-test`;
    const [name, value] = server.cookie.split('=');
    await this.page.context().addCookies([{ name, value, url: server.address }]);
    if (this.page.url() !== blank) {
      await this.page.route('**/crash-test', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Player</title>' }));
      await this.page.goto(blank);
      await this.page.addScriptTag({ path: hls });
    }
    const result = await this.page.evaluate(PLAY, { url: `/api/visits/${visit}/tracks/${trackId}/segments/${number}/playlist.m3u8`, duration });
    if (result.problems.length > 0) throw new Error(`segment ${number} plays with trouble: ${result.problems.join('; ')}`);
    return result;
  }

  close() { return this.browser.close(); }
}
