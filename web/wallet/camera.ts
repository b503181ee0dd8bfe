import { readFrame } from './detector.js';

/** A rest between two looks, so that a phone stays cool. */
const LOOK_PAUSE_MS = 120;

/** Why there is no picture, for a person. */
export type CameraFault = 'denied' | 'missing' | 'insecure';

/**
 * Shows the camera in a video and calls back with each code that it sees, once as long as it is the
 * same. Resolves when the picture runs.
 * @returns ends it, and gives the camera back; or why there is no picture
 */
export async function startCamera(
  video: HTMLVideoElement,
  found: (text: string) => void,
): Promise<{ stop(): void } | CameraFault> {
  if (navigator.mediaDevices?.getUserMedia === undefined) return 'insecure';
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  } catch (error) {
    return (error as DOMException).name === 'NotAllowedError' ? 'denied' : 'missing';
  }
  let stopped = false;
  let last = '';
  const look = async (): Promise<void> => {
    if (stopped) return;
    if (video.readyState >= video.HAVE_CURRENT_DATA && document.visibilityState === 'visible') {
      const text = await readFrame(video).catch(() => null);
      if (text !== null && text !== last && !stopped) {
        last = text;
        found(text);
      }
    }
    setTimeout(look, LOOK_PAUSE_MS);
  };
  video.srcObject = stream;
  await video.play().catch(() => undefined);
  void look();
  return {
    stop: () => {
      stopped = true;
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    },
  };
}
