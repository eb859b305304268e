// A small client with the types that openapi-typescript makes of the document; docs/api.md shows it. Compiled by script/test.
import type { components, paths } from "./api.js";

type Camera = components["schemas"]["Camera"];
type CameraList = paths["/api/v1/cameras/"]["get"]["responses"][200]["content"]["application/json"];
type Problem = components["schemas"]["Problem"];

export async function cameras(server: string, token: string): Promise<Camera[]> {
  const answer = await fetch(`${server}/api/v1/cameras/`, { headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) {
    const problem = (await answer.json()) as Problem;
    throw new Error(problem.detail);
  }
  const page = (await answer.json()) as CameraList;
  return page.results;
}

export async function names(server: string, token: string): Promise<string[]> {
  return (await cameras(server, token)).map((camera) => `${camera.name}: ${camera.state}`);
}
