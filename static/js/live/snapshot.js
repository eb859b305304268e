/**
 * @param {HTMLVideoElement} video
 * @returns {Promise<Blob | null>} what it shows, at the stream's own size; null when it shows nothing
 */
export function pictureOf(video) {
  if (!video.videoWidth) return Promise.resolve(null);
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
}
