// Calls without a key.
import * as answers from "./answers.ts";
import type { ApiCall } from "./call.ts";
import * as contract from "./requests.ts";
import { SIGN_IN } from "./sessions.ts";

export const OPEN_CALLS = {
  signIn: SIGN_IN,
  live: {
    method: "get",
    path: "/healthz",
    tag: "Server",
    summary: "Whether Berth lives, and its version.",
    answers: { 200: answers.Live },
    errors: [],
  },
  ready: {
    method: "get",
    path: "/readyz",
    tag: "Server",
    summary: "Whether database, engine and pulumi are there.",
    answers: { 200: answers.Ready, 503: answers.Ready },
    errors: [],
  },
  scrape: {
    method: "get",
    path: "/metrics",
    tag: "Server",
    summary:
      "For Prometheus; with the operator's key, or that of BERTH_METRICS_KEY, as a bearer token or X-API-Key.",
    answers: { 200: "text/plain" },
    errors: ["UNAUTHORIZED", "RATE_LIMITED"],
  },
  openapi: {
    method: "get",
    path: "/api/openapi",
    tag: "Server",
    summary: "This document.",
    answers: { 200: answers.OpenApi },
    errors: [],
  },
  docs: {
    method: "get",
    path: "/docs",
    tag: "Server",
    summary: "This document as a page.",
    answers: { 200: "text/html" },
    errors: [],
  },
  checkoutPage: {
    method: "get",
    path: "/checkout/:checkoutId",
    tag: "Payments",
    summary: "The page of a checkout.",
    answers: { 200: "text/html" },
    errors: ["NOT_FOUND", "UNAVAILABLE"],
  },
  checkoutPay: {
    method: "post",
    path: "/checkout/:checkoutId",
    tag: "Payments",
    summary: "Pay by a simulated checkout; leads back to its page.",
    answers: { 303: "empty" },
    errors: ["NOT_FOUND", "UNAVAILABLE"],
  },
  polarWebhook: {
    method: "post",
    path: "/webhooks/polar",
    tag: "Payments",
    summary: "What Polar reports, signed as Standard Webhooks 1.0 says.",
    headers: contract.WebhookHeaders,
    body: contract.WebhookBody,
    answers: { 202: answers.Taken },
    errors: [
      "INVALID_REQUEST",
      "INVALID_SIGNATURE",
      "NOT_FOUND",
      "PAYLOAD_TOO_LARGE",
      "UNSUPPORTED_MEDIA_TYPE",
      "UNAVAILABLE",
    ],
  },
} as const satisfies Record<string, ApiCall>;
