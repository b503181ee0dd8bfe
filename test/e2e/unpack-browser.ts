import chromium from '@sparticuz/chromium';

/** Unpacks the browser once, before several files at a time want to start it. */
export async function setup(): Promise<void> {
  await chromium.executablePath();
}
