/** What browsers have and TypeScript's DOM library lacks. */

declare class MediaStreamTrackGenerator extends MediaStreamTrack {
  constructor(options: { kind: "video" | "audio" });
  readonly writable: WritableStream<VideoFrame>;
}

interface Window {
  ManagedMediaSource?: typeof MediaSource;
}

declare const sampleRate: number;

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}

declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
