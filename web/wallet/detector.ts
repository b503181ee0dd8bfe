/** Finds QR codes in pictures. */
interface Detector {
  detect(picture: ImageBitmapSource): Promise<readonly { readonly rawValue: string }[]>;
}

interface NativeDetector {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

async function nativeDetector(): Promise<Detector | null> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: NativeDetector };
  const formats = await BarcodeDetector?.getSupportedFormats().catch((): string[] => []);
  return BarcodeDetector && formats?.includes('qr_code')
    ? new BarcodeDetector({ formats: ['qr_code'] })
    : null;
}

let detecting: Promise<Detector> | null = null;

/** The system's own detector, and where it has none for QR codes, one that is fetched. */
function detector(): Promise<Detector> {
  detecting ??= (async () => {
    const native = await nativeDetector();
    if (native !== null) return native;
    const { BarcodeDetector } = await import('qr/decode.js');
    return new BarcodeDetector({ formats: ['qr_code'] });
  })();
  return detecting;
}

/** What the code in a camera's picture says; null where there is none that can be read. */
export async function readFrame(video: HTMLVideoElement): Promise<string | null> {
  const [found] = await (await detector()).detect(video);
  return found?.rawValue ?? null;
}

/** The longer side of a picture that is looked through, in pixels. */
const SIDE_MAX = 2_400;
const SEARCH_MS_MAX = 1_500;

/**
 * What the code in a picture, like one of a screen, says; null where there is none. More is tried
 * than with a camera, which soon has another picture.
 */
export async function readPicture(file: Blob): Promise<string | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) return null;
  const [found] = (await (await nativeDetector())?.detect(bitmap)) ?? [];
  if (found !== undefined) return found.rawValue;
  const { decodeQR } = await import('qr/decode.js');
  for (const share of [1, 0.5, 2]) {
    const image = pixelsOf(bitmap, share);
    try {
      return decodeQR(image, { effort: 8, timeLimit: SEARCH_MS_MAX });
    } catch {
      // None of this size; in another it may be clearer.
    }
  }
  return null;
}

function pixelsOf(bitmap: ImageBitmap, share: number): ImageData {
  const fit = Math.min(share, SIDE_MAX / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * fit));
  const height = Math.max(1, Math.round(bitmap.height * fit));
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  // What is transparent would be black.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
