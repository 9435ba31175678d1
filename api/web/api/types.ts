// Generated from the OpenAPI document by `npm run client`: don't edit.
export interface paths {
    "/api/v1/assistants/purchase": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Buy a slot: an unpaid one, and the page to pay it on. */
        post: operations["purchase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The account's deployments, newest first, by pages. */
        get: operations["list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/totals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many deployments the account has in each status. */
        get: operations["totals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One deployment, without its secrets. */
        get: operations["show"];
        put?: never;
        post?: never;
        /** Delete the assistant, its data and its stack. */
        delete: operations["remove"];
        options?: never;
        head?: never;
        /** Change settings; an active assistant takes them at once, another one when it is brought up. */
        patch: operations["patch"];
        trace?: never;
    };
    "/api/v1/assistants/{id}/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Configure a paid slot and bring its assistant up. */
        post: operations["activate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A page to pay again on for what was suspended. */
        post: operations["checkoutAgain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the deployment's stack and its latest operation say; of deleted ones too. */
        get: operations["status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop the assistant and keep its data. */
        post: operations["stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/operations/{operationId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel an activation or a redeploy that has not ended, and stop the assistant. */
        post: operations["cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/redeploy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Apply the current settings and image; bring back what is stopped or has failed. */
        post: operations["redeploy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/stack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Pulumi's own view of the stack; null until there is one. */
        get: operations["stack"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The latest hundred operations, newest first. */
        get: operations["operations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The log of the latest operation as server-sent events, until it has ended. */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the assistant has written, as text or as server-sent events, without the secrets that Berth knows. Each event of a line has the moment at which it was written as its id. The last event is `end`; its `reason` is `no_more`, `time_is_up` or `key_ended`. */
        get: operations["logs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the assistant uses right now. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/metrics/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the assistant has used in the last hour, oldest first, measured about once a minute. Where it did not run, or was not measured, there is nothing. */
        get: operations["pastMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/pairing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who wants to write to the bot and waits to be approved. */
        get: operations["listPairings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/pairing/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let the user who was sent this code write to the bot. */
        post: operations["approvePairing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/offer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What can be bought here, and how it is paid. */
        get: operations["offer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/bot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Its Telegram bot, as Telegram says; null as long as it has none. */
        get: operations["bot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Its image, and the one that the next redeploy would bring. */
        get: operations["image"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/operations/{operationId}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The log of one of its latest 20 operations, oldest entry first, by pages. */
        get: operations["operationLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The deployment's backups, newest first. */
        get: operations["listBackups"];
        put?: never;
        /** Back the assistant's data up; it stands still for as long as that takes. */
        post: operations["backUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/backups/{backupId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One backup. */
        get: operations["showBackup"];
        put?: never;
        post?: never;
        /** Delete a backup. */
        delete: operations["removeBackup"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/backups/{backupId}/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The data of a backup as a .tar.gz, decrypted. */
        get: operations["downloadBackup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace the data by that of a backup, of this deployment or of another one of the account. */
        post: operations["restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/callbacks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The deployment's callbacks, newest first, by pages; of deleted ones too. */
        get: operations["callbacks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/callbacks/{callbackId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a callback once more, under its id. */
        post: operations["replay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/callback-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the receiver verifies callbacks with. */
        get: operations["showSecret"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/callback-secret/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new secret; callbacks carry signatures of both for 24 hours. */
        post: operations["rotateSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The account's keys, without their texts, newest first, by pages. */
        get: operations["listKeys"];
        put?: never;
        /** A new key; its text is in this answer only. */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a key at once. */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A successor of a key, which works on for a while. */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The account's calls, newest first, by pages. */
        get: operations["audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/download": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The account's calls as a CSV file, newest first, all of them. */
        get: operations["downloadAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sessions of the account's keys that have not ended, newest first, by pages; the operator's own. */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a session at once. */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** For the operator: a link that signs in once, within ten minutes. Its token stands behind the #. */
        post: operations["createSignInLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether deployments are as they were asked for; with the operator's key. */
        get: operations["doctor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The operator: all accounts' deployments, newest first, by pages. */
        get: operations["listFleet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleet/totals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The operator: how many deployments of all accounts there are in each status. */
        get: operations["fleetTotals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleet/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The operator: one of them. */
        get: operations["showFleetMember"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleet/{id}/stack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The operator: Pulumi's own view of its stack; null while it has none. */
        get: operations["showFleetStack"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleet/{id}/upgrade": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The operator: bring one that is active to the image that it should have by now. */
        post: operations["upgradeFleetMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fleet/{id}/adopt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The operator: carry one to another target of the installation, with its data. */
        post: operations["adoptFleetMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The operator: all accounts, newest first, by pages. */
        get: operations["listAccounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The operator: how everybody's deployments are paid, newest first, by pages. */
        get: operations["listPayments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/totals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The operator: how many deployments of all accounts are paid, and how many are not. */
        get: operations["paymentTotals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/installation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The operator: what Berth runs on: parts, hosts, disks, the host's rules, and what is away. */
        get: operations["showInstallation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an assistant has used of its models, by day or model. */
        get: operations["usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same of all the account's assistants; the operator: of everybody's, or of `?account=`. */
        get: operations["accountUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Models that a provider has for the operator's key, or for a deployment's own; read every ten minutes. */
        get: operations["models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/model-gateway/stops": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The operator: providers that no assistant may ask now. */
        get: operations["listModelStops"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/model-gateway/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The operator: refuse all requests to models, or to those of one provider, at once. */
        post: operations["stopModels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/model-gateway/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The operator: let them through again. */
        post: operations["resumeModels"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every change of the account's deployments, operations, callbacks and requests to pair, as server-sent events: first all that there is, then `seeded`, then each change. */
        get: operations["accountEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The account's operations that wait or are being carried out, oldest first, five hundred at most. */
        get: operations["liveOperations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in; with X-API-Key, whose key that is. */
        get: operations["showSession"];
        put?: never;
        /** Sign in with an API key, or as the operator by a link; sets the session's cookie. */
        post: operations["signIn"];
        /** Sign out: ends the session that the call comes by, at once. */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether Berth lives, and its version. */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether database, engine and pulumi are there. */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** For Prometheus; with the operator's key, or that of BERTH_METRICS_KEY, as a bearer token or X-API-Key. */
        get: operations["scrape"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page. */
        get: operations["docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/checkout/{checkoutId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The page of a checkout. */
        get: operations["checkoutPage"];
        put?: never;
        /** Pay by a simulated checkout; leads back to its page. */
        post: operations["checkoutPay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/polar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What Polar reports, signed as Standard Webhooks 1.0 says. */
        post: operations["polarWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description How much an assistant may use of its models by calendar month, day and minute (UTC). The operator's own limits hold as well. */
        ModelLimits: {
            /** @description US dollars, and tokens of input and output together; what is left out is not limited. */
            month?: {
                usd?: number;
                tokens?: number;
            };
            /** @description US dollars, and tokens of input and output together; what is left out is not limited. */
            day?: {
                usd?: number;
                tokens?: number;
            };
            /** @description US dollars, and tokens of input and output together; what is left out is not limited. */
            minute?: {
                usd?: number;
                tokens?: number;
            };
            requestsAtOnce?: number;
        };
        /** @description The request is malformed; `details` names each wrong field. */
        INVALID_REQUEST: {
            error: {
                /** @constant */
                code: "INVALID_REQUEST";
                message: string;
                details?: {
                    field: string;
                    message: string;
                }[];
            };
        };
        /** @description The X-API-Key header is missing or wrong, or the key, session or link has ended. */
        UNAUTHORIZED: {
            error: {
                /** @constant */
                code: "UNAUTHORIZED";
                message: string;
            };
        };
        /** @description The API key may not do this: it lacks the scope, or is not the operator's; or a browser's call came from another page than Berth's. */
        FORBIDDEN: {
            error: {
                /** @constant */
                code: "FORBIDDEN";
                message: string;
            };
        };
        /** @description The webhook was not signed by Polar within the last five minutes. */
        INVALID_SIGNATURE: {
            error: {
                /** @constant */
                code: "INVALID_SIGNATURE";
                message: string;
            };
        };
        /** @description There is no such deployment, backup, key, session, account, pairing or page, or it is another account's. */
        NOT_FOUND: {
            error: {
                /** @constant */
                code: "NOT_FOUND";
                message: string;
            };
        };
        /** @description The call is not allowed in the deployment's state; `details` names the states that allow it. */
        INVALID_STATE: {
            error: {
                /** @constant */
                code: "INVALID_STATE";
                message: string;
                details?: {
                    /** @enum {string} */
                    currentState: "pending_payment" | "purchased" | "deploying" | "active" | "stopping" | "stopped" | "suspended" | "failed" | "deleting" | "deleted";
                    allowedStates: ("pending_payment" | "purchased" | "deploying" | "active" | "stopping" | "stopped" | "suspended" | "failed" | "deleting" | "deleted")[];
                };
            };
        };
        /** @description Another assistant is driving this Telegram bot; one bot has one. */
        BOT_IN_USE: {
            error: {
                /** @constant */
                code: "BOT_IN_USE";
                message: string;
            };
        };
        /** @description The account has as many deployments or keys as it may have. */
        LIMIT_REACHED: {
            error: {
                /** @constant */
                code: "LIMIT_REACHED";
                message: string;
            };
        };
        /** @description The first call with this Idempotency-Key is still running; try again in a moment. */
        IDEMPOTENCY_CONFLICT: {
            error: {
                /** @constant */
                code: "IDEMPOTENCY_CONFLICT";
                message: string;
            };
        };
        /** @description The deployment has no `callbackUrl`, or its receiver answered 410; set one by PATCH. */
        CALLBACKS_DISABLED: {
            error: {
                /** @constant */
                code: "CALLBACKS_DISABLED";
                message: string;
            };
        };
        /** @description The body is larger than 64 KiB. */
        PAYLOAD_TOO_LARGE: {
            error: {
                /** @constant */
                code: "PAYLOAD_TOO_LARGE";
                message: string;
            };
        };
        /** @description The body is not JSON in UTF-8. */
        UNSUPPORTED_MEDIA_TYPE: {
            error: {
                /** @constant */
                code: "UNSUPPORTED_MEDIA_TYPE";
                message: string;
            };
        };
        /** @description This Idempotency-Key belongs to another call, or to another API key's: take a new one for a new call. */
        IDEMPOTENCY_MISMATCH: {
            error: {
                /** @constant */
                code: "IDEMPOTENCY_MISMATCH";
                message: string;
            };
        };
        /** @description Too many calls; the header Retry-After says when to try again. */
        RATE_LIMITED: {
            error: {
                /** @constant */
                code: "RATE_LIMITED";
                message: string;
            };
        };
        /** @description A fault of Berth; nothing was changed unless status says so. */
        INTERNAL_ERROR: {
            error: {
                /** @constant */
                code: "INTERNAL_ERROR";
                message: string;
            };
        };
        /** @description The operator has not finished setting up payments. */
        PAYMENT_NOT_CONFIGURED: {
            error: {
                /** @constant */
                code: "PAYMENT_NOT_CONFIGURED";
                message: string;
            };
        };
        /** @description A part that Berth needs is away, or its room is used up; try again later. */
        UNAVAILABLE: {
            error: {
                /** @constant */
                code: "UNAVAILABLE";
                message: string;
            };
        };
        Slot: {
            /** Format: uuid */
            deploymentId: string;
            checkoutUrl: string | null;
        };
        ListedDeployment: {
            /** Format: uuid */
            deploymentId: string;
            /** @enum {string} */
            status: "pending_payment" | "purchased" | "deploying" | "active" | "stopping" | "stopped" | "suspended" | "failed" | "deleting" | "deleted";
            /** @enum {string} */
            apiMode: "byok" | "managed" | "unlimited";
            /** @description Of AWS; null on Docker. */
            region: string | null;
            checkoutUrl: string | null;
            name: string | null;
            /** @description One of anthropic, openai, google, openrouter, xai, openai-compatible. */
            modelProvider: string | null;
            modelId: string | null;
            /** @description Of an openai-compatible server; null for other providers. */
            baseUrl: string | null;
            /** @description In the order in which they are asked; null if none were ever sent. */
            fallbackModels: string[] | null;
            /** @description Its last four characters at most; null if there is none. */
            modelApiKey: string | null;
            /** @description Its last four characters at most; null if there is none. */
            telegramBotToken: string | null;
            /** @description Stored secrets that can't be opened; send them again by PATCH. */
            unreadableSecrets: ("telegramBotToken" | "modelApiKey")[];
            /** @description Ids of the Telegram users that are answered; null where pairing decides. */
            allowFrom: string[] | null;
            callbackUrl: string | null;
            /** @description The customer's own; null if there are none. */
            limits: components["schemas"]["ModelLimits"] | null;
            /** @description When the receiver asked for no more callbacks (410). */
            callbackDisabledAt: string | null;
            image: components["schemas"]["Image"];
            outputs: components["schemas"]["Outputs"] | null;
            calls: components["schemas"]["Calls"];
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            account: string;
            /** @description The latest one. */
            operation: components["schemas"]["Operation"] | null;
            drift: components["schemas"]["Drift"] | null;
            warning: components["schemas"]["Warning"] | null;
            /**
             * Format: date-time
             * @description Of its last message, answer or operation, whichever was later; else when it was bought.
             */
            lastActivityAt: string;
            /** @description What it has used of its models this month and this day (UTC), against its limits. */
            present: {
                month: {
                    tokens: number;
                    usd: number;
                    limitTokens: number | null;
                    limitUsd: number | null;
                    /** Format: date-time */
                    until: string;
                };
                day: {
                    tokens: number;
                    usd: number;
                    limitTokens: number | null;
                    limitUsd: number | null;
                    /** Format: date-time */
                    until: string;
                };
            };
        };
        Image: {
            /** @description What the next redeploy resolves. */
            reference: string;
            /** @description Whether the deployment asked for it; otherwise it is the installation's. */
            isCustom: boolean;
            /** @description What the assistant was brought up with last; null if it never was. */
            pinned: string | null;
            /** @description What an upgrade of it failed with, until one succeeds. */
            rolledBackFrom: string | null;
        };
        /** @description What the deployment's Pulumi stack reported last. */
        Outputs: {
            /** @enum {string} */
            status: "active" | "stopped";
            replicas: 0 | 1;
            containerId: string | null;
            endpoint: string | null;
            image: string;
            network: string;
            volume: string;
            /** @description On AWS alone. */
            taskDefinition?: string;
        };
        /** @description Which calls the deployment's state allows now, whatever the scopes of the caller's key. */
        Calls: {
            activate: {
                isAllowed: boolean;
                /** @description The sentence by which the call is refused; null if it is allowed. */
                reason: string | null;
            };
            redeploy: {
                isAllowed: boolean;
                /** @description The sentence by which the call is refused; null if it is allowed. */
                reason: string | null;
            };
            stop: {
                isAllowed: boolean;
                /** @description The sentence by which the call is refused; null if it is allowed. */
                reason: string | null;
            };
            /** @description Of the operation that brings it up. */
            cancel: {
                isAllowed: boolean;
                /** @description The sentence by which the call is refused; null if it is allowed. */
                reason: string | null;
            };
            backUp: {
                isAllowed: boolean;
                /** @description The sentence by which the call is refused; null if it is allowed. */
                reason: string | null;
            };
            restore: {
                isAllowed: boolean;
                /** @description The sentence by which the call is refused; null if it is allowed. */
                reason: string | null;
            };
            /** @description Its `limits` alone are taken in every state. */
            patch: {
                isAllowed: boolean;
                /** @description The sentence by which the call is refused; null if it is allowed. */
                reason: string | null;
            };
            pairing: {
                isAllowed: boolean;
                /** @description The sentence by which the call is refused; null if it is allowed. */
                reason: string | null;
            };
            checkout: {
                isAllowed: boolean;
                /** @description The sentence by which the call is refused; null if it is allowed. */
                reason: string | null;
            };
            delete: {
                isAllowed: boolean;
                /** @description The sentence by which the call is refused; null if it is allowed. */
                reason: string | null;
            };
        };
        Operation: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "prepare" | "activate" | "redeploy" | "patch" | "stop" | "suspend" | "backup" | "restore" | "adopt" | "delete" | "crash";
            /** @enum {string} */
            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /** Format: date-time */
            createdAt: string;
            startedAt: string | null;
            finishedAt: string | null;
            error: components["schemas"]["Cause"] | null;
        };
        /** @description Why an operation failed, what was kept and what to do. */
        Cause: {
            code: string;
            message: string;
        };
        /** @description What was asked for against what the engine was seen to hold. */
        Drift: {
            expected: {
                /** @enum {string} */
                status: "active" | "stopped";
                replicas: 0 | 1;
            };
            seen: {
                /** @enum {string} */
                state: "missing" | "ended" | "restarting" | "paused" | "changed" | "unexpected" | "unknown";
                detail: string;
                /** Format: date-time */
                since: string;
            };
        };
        /** @description What does not work of an active assistant, or may soon end: by its own words, its model provider's, or its data's size. */
        Warning: {
            cause: components["schemas"]["Cause"];
            /** Format: date-time */
            since: string;
        };
        /** @description How many deployments there are, without the deleted ones. */
        StatusTotals: {
            total: number;
            byStatus: {
                pending_payment: number;
                purchased: number;
                deploying: number;
                active: number;
                stopping: number;
                stopped: number;
                suspended: number;
                failed: number;
                deleting: number;
            };
        };
        Deployment: {
            /** Format: uuid */
            deploymentId: string;
            /** @enum {string} */
            status: "pending_payment" | "purchased" | "deploying" | "active" | "stopping" | "stopped" | "suspended" | "failed" | "deleting" | "deleted";
            /** @enum {string} */
            apiMode: "byok" | "managed" | "unlimited";
            /** @description Of AWS; null on Docker. */
            region: string | null;
            checkoutUrl: string | null;
            name: string | null;
            /** @description One of anthropic, openai, google, openrouter, xai, openai-compatible. */
            modelProvider: string | null;
            modelId: string | null;
            /** @description Of an openai-compatible server; null for other providers. */
            baseUrl: string | null;
            /** @description In the order in which they are asked; null if none were ever sent. */
            fallbackModels: string[] | null;
            /** @description Its last four characters at most; null if there is none. */
            modelApiKey: string | null;
            /** @description Its last four characters at most; null if there is none. */
            telegramBotToken: string | null;
            /** @description Stored secrets that can't be opened; send them again by PATCH. */
            unreadableSecrets: ("telegramBotToken" | "modelApiKey")[];
            /** @description Ids of the Telegram users that are answered; null where pairing decides. */
            allowFrom: string[] | null;
            callbackUrl: string | null;
            /** @description The customer's own; null if there are none. */
            limits: components["schemas"]["ModelLimits"] | null;
            /** @description When the receiver asked for no more callbacks (410). */
            callbackDisabledAt: string | null;
            image: components["schemas"]["Image"];
            outputs: components["schemas"]["Outputs"] | null;
            calls: components["schemas"]["Calls"];
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        /** @description The operation is recorded and will be carried out; ask status for how it ends. */
        Accepted: {
            /** Format: uuid */
            deploymentId: string;
            /** @enum {string} */
            status: "pending_payment" | "purchased" | "deploying" | "active" | "stopping" | "stopped" | "suspended" | "failed" | "deleting" | "deleted";
            /** Format: uuid */
            operationId: string;
        };
        DeploymentStatus: {
            /** Format: uuid */
            deploymentId: string;
            /** @enum {string} */
            status: "pending_payment" | "purchased" | "deploying" | "active" | "stopping" | "stopped" | "suspended" | "failed" | "deleting" | "deleted";
            operation: components["schemas"]["Operation"] | null;
            outputs: components["schemas"]["Outputs"] | null;
            drift: components["schemas"]["Drift"] | null;
            warning: components["schemas"]["Warning"] | null;
            /** @description Null unless it is active and has tried; on AWS always. */
            channel: components["schemas"]["Channel"] | null;
            /** @description Of somebody who may write to the bot. */
            lastMessageAt: string | null;
            lastAnswerAt: string | null;
            /** @description Why a message was not answered, in a sentence. */
            lastError: string | null;
            lastErrorAt: string | null;
            calls: components["schemas"]["Calls"];
            /** Format: date-time */
            updatedAt: string;
        };
        /** @description Whether Telegram hands the bot's messages to the assistant, and since when. */
        Channel: {
            /** @enum {string} */
            state: "polling" | "refused" | "unreachable";
            /** Format: date-time */
            since: string;
        };
        /** @description Pulumi's own view of the deployment's stack. */
        Stack: {
            name: string;
            resources: {
                urn: string;
                type: string;
                id: string | null;
                created?: string;
                modified?: string;
            }[];
            /** @description Secret ones are `[secret]`. */
            outputs: {
                [key: string]: unknown;
            };
            pendingOperations: number;
            lastUpdate: {
                kind: string;
                startTime: string;
                endTime?: string;
                result?: string;
                version?: number;
                resourceChanges?: {
                    [key: string]: number;
                };
            } | null;
            history: {
                kind: string;
                startTime: string;
                endTime?: string;
                result?: string;
                version?: number;
                resourceChanges?: {
                    [key: string]: number;
                };
            }[];
        };
        /** @description What an assistant uses. On AWS, CPU and memory are null until CloudWatch has measured them. */
        Usage: {
            /** @description Over the last second; on AWS over the last measured minute. */
            cpuCores: number | null;
            memoryBytes: number | null;
            memoryLimitBytes: number;
            /** @description Since the container's start; null on AWS and Kubernetes. */
            receivedBytes: number | null;
            /** @description As receivedBytes. */
            sentBytes: number | null;
            /** @description By the engine itself; null on AWS. */
            restarts: number | null;
            uptimeSeconds: number;
            /** @description Of its data, at the last measurement; null until there was one, and on AWS. */
            stateUsedBytes: number | null;
            /** @description Null where there is no limit, as on AWS. */
            stateLimitBytes: number | null;
        };
        /** @description What an assistant has used up to one moment. */
        UsageSample: {
            /** Format: date-time */
            at: string;
            /** @description Of how long before `at` this is the average. Null for the first one after a start or a gap: of the time before it nothing is known. */
            seconds: number | null;
            cpuCores: number | null;
            /** @description At that moment. */
            memoryBytes: number | null;
            /** @description Null on AWS and Kubernetes. */
            receivedBytesPerSecond: number | null;
            /** @description As receivedBytesPerSecond. */
            sentBytesPerSecond: number | null;
            /** @description Of its data, as it was last measured by then; null on AWS. */
            stateUsedBytes: number | null;
        };
        Pairing: {
            code: string;
            userId: string;
            name: string | null;
            requestedAt: string;
        };
        ApprovedPairing: {
            /** Format: uuid */
            deploymentId: string;
            code: string;
            /** @description Whether the user was notified in the chat. */
            isNotified: boolean;
        };
        /** @description What this installation sells. */
        Offer: {
            /**
             * @description `simulated` moves no money.
             * @enum {string}
             */
            payments: "simulated" | "polar";
            apiModes: ("byok" | "managed" | "unlimited")[];
            /** @description Of AWS; the first one is taken if none is named. Empty on Docker. */
            regions: string[];
            /** @description Model providers that the operator has a key for, for every mode but byok. */
            operatorProviders: ("anthropic" | "openai" | "google" | "openrouter" | "xai" | "openai-compatible")[];
        };
        Bot: {
            /** @description The bot's number, with which its token begins. */
            id: string;
            /** @description As in https://t.me/<username>; null while Telegram can't be asked, or refuses the token. */
            username: string | null;
        };
        DeployedImage: {
            /** @description What the next redeploy resolves. */
            reference: string;
            /** @description Whether the deployment asked for it; otherwise it is the installation's. */
            isCustom: boolean;
            /** @description What the assistant was brought up with last; null if it never was. */
            pinned: string | null;
            /** @description What an upgrade of it failed with, until one succeeds. */
            rolledBackFrom: string | null;
            /** @description What the next redeploy would bring it to; null if that has to be pulled first. */
            latest: string | null;
        };
        /** @description One entry of an operation's log. */
        LogEntry: {
            sequence: number;
            /** Format: date-time */
            at: string;
            event: {
                /** @constant */
                kind: "resource";
                /** @enum {string} */
                step: "started" | "done" | "failed";
                op: string;
                resource: string;
            } | {
                /** @constant */
                kind: "diagnostic";
                severity: string;
                message: string;
            } | {
                /** @constant */
                kind: "summary";
                durationSeconds: number;
                changes: {
                    [key: string]: number;
                };
            };
        };
        BackupAccepted: {
            /** Format: uuid */
            deploymentId: string;
            /** @enum {string} */
            status: "pending_payment" | "purchased" | "deploying" | "active" | "stopping" | "stopped" | "suspended" | "failed" | "deleting" | "deleted";
            /** Format: uuid */
            operationId: string;
            /** Format: uuid */
            backupId: string;
        };
        Backup: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            deploymentId: string;
            /**
             * @description `upgrade` and `restore`: made before one changed the data.
             * @enum {string}
             */
            reason: "requested" | "scheduled" | "upgrade" | "restore" | "adopt";
            /** @enum {string} */
            state: "running" | "ready" | "failed";
            /** @description Of its file, in bytes. */
            size: number | null;
            /** @description Of its file. */
            sha256: string | null;
            /** @description Image of the assistant that the data belongs to. */
            image: string;
            /** Format: uuid */
            operationId: string;
            error: components["schemas"]["Cause"] | null;
            /** Format: date-time */
            createdAt: string;
            finishedAt: string | null;
        };
        Callback: {
            /**
             * Format: uuid
             * @description Also the header webhook-id.
             */
            id: string;
            type: string;
            /** @enum {string} */
            state: "pending" | "delivered" | "failed" | "disabled";
            attempts: {
                /** Format: date-time */
                at: string;
                statusCode: number | null;
                error: string | null;
            }[];
            nextAttemptAt: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        CallbackSecret: {
            /** @description A secret of Standard Webhooks: `whsec_` and base64. */
            secret: string;
            previousSignsUntil: string | null;
        };
        /** @description Its text is shown this once. */
        NewKey: {
            keyId: string;
            account: string;
            name: string;
            scopes: ("read" | "write")[];
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            revokedAt: string | null;
            lastUsedAt: string | null;
            apiKey: string;
        };
        Key: {
            keyId: string;
            account: string;
            name: string;
            scopes: ("read" | "write")[];
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            revokedAt: string | null;
            lastUsedAt: string | null;
        };
        AuditRow: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            at: string;
            account: string | null;
            keyId: string | null;
            /** @description Of a call by a session; null for one with the key itself. */
            sessionId: string | null;
            method: string;
            route: string | null;
            deploymentId: string | null;
            status: number;
            errorCode: string | null;
            requestId: string;
            address: string | null;
        };
        /** @description The operator's has `operator` as its key's id, and no name. A caller with the key itself has neither an id nor times. */
        Session: {
            sessionId: string | null;
            account: string;
            keyId: string;
            keyName: string | null;
            scopes: ("read" | "write")[];
            isOperator: boolean;
            signedInAt: string | null;
            lastUsedAt: string | null;
            /** @description If it is not used again. */
            endsAt: string | null;
            /** @description Whether the call came by it. */
            isCurrent: boolean;
        };
        SignInLink: {
            url: string;
            /** Format: date-time */
            endsAt: string;
        };
        Examination: {
            /** @description Null for the installation itself, which comes first. */
            deploymentId: string | null;
            account: string | null;
            /** @description How many checks were made. */
            checks: number;
            findings: components["schemas"]["Finding"][];
            /** @description What could not be looked at. */
            unchecked: string[];
        };
        Finding: {
            check: string;
            /** @enum {string} */
            severity: "error" | "warning";
            /** @description What was expected, and what was found. */
            message: string;
            advice: string;
        };
        FleetMember: {
            /** Format: uuid */
            deploymentId: string;
            account: string;
            /** @enum {string} */
            status: "pending_payment" | "purchased" | "deploying" | "active" | "stopping" | "stopped" | "suspended" | "failed" | "deleting" | "deleted";
            name: string | null;
            modelProvider: string | null;
            modelId: string | null;
            /** @description What it lives on. */
            target: string;
            /** @description Whether a move to there has not ended, or has left something. */
            isMoving: boolean;
            image: components["schemas"]["Image"];
            /** @description What an upgrade would bring it to; null if the engine has to pull that first. */
            latest: string | null;
            /** @description The latest one. */
            operation: components["schemas"]["Operation"] | null;
            drift: components["schemas"]["Drift"] | null;
            warning: components["schemas"]["Warning"] | null;
            /**
             * Format: date-time
             * @description Of its last message, answer or operation, whichever was later; else when it was bought.
             */
            lastActivityAt: string;
            /** @description What it has used of its models this month and this day (UTC), against its limits. */
            present: {
                month: {
                    tokens: number;
                    usd: number;
                    limitTokens: number | null;
                    limitUsd: number | null;
                    /** Format: date-time */
                    until: string;
                };
                day: {
                    tokens: number;
                    usd: number;
                    limitTokens: number | null;
                    limitUsd: number | null;
                    /** Format: date-time */
                    until: string;
                };
            };
            /** @description Of its data, at the last measurement; null until there was one. */
            stateUsedBytes: number | null;
            calls: {
                activate: {
                    isAllowed: boolean;
                    /** @description The sentence by which the call is refused; null if it is allowed. */
                    reason: string | null;
                };
                redeploy: {
                    isAllowed: boolean;
                    /** @description The sentence by which the call is refused; null if it is allowed. */
                    reason: string | null;
                };
                stop: {
                    isAllowed: boolean;
                    /** @description The sentence by which the call is refused; null if it is allowed. */
                    reason: string | null;
                };
                /** @description Of the operation that brings it up. */
                cancel: {
                    isAllowed: boolean;
                    /** @description The sentence by which the call is refused; null if it is allowed. */
                    reason: string | null;
                };
                backUp: {
                    isAllowed: boolean;
                    /** @description The sentence by which the call is refused; null if it is allowed. */
                    reason: string | null;
                };
                restore: {
                    isAllowed: boolean;
                    /** @description The sentence by which the call is refused; null if it is allowed. */
                    reason: string | null;
                };
                /** @description Its `limits` alone are taken in every state. */
                patch: {
                    isAllowed: boolean;
                    /** @description The sentence by which the call is refused; null if it is allowed. */
                    reason: string | null;
                };
                pairing: {
                    isAllowed: boolean;
                    /** @description The sentence by which the call is refused; null if it is allowed. */
                    reason: string | null;
                };
                checkout: {
                    isAllowed: boolean;
                    /** @description The sentence by which the call is refused; null if it is allowed. */
                    reason: string | null;
                };
                delete: {
                    isAllowed: boolean;
                    /** @description The sentence by which the call is refused; null if it is allowed. */
                    reason: string | null;
                };
                upgrade: {
                    isAllowed: boolean;
                    /** @description The sentence by which the call is refused; null if it is allowed. */
                    reason: string | null;
                };
            };
        };
        Account: {
            /** Format: uuid */
            accountId: string;
            /** @description Its name. */
            account: string;
            /** @description Without the deleted ones. */
            deployments: number;
            active: number;
            /** @description That work now. */
            keys: number;
            /** @description The latest use of a key. */
            lastUsedAt: string | null;
            /** @description What its assistants have spent on models this month (UTC), deleted ones included. */
            usd: number;
            /** Format: date-time */
            createdAt: string;
        };
        Payment: {
            /** Format: uuid */
            deploymentId: string;
            account: string;
            name: string | null;
            /** @enum {string} */
            status: "pending_payment" | "purchased" | "deploying" | "active" | "stopping" | "stopped" | "suspended" | "failed" | "deleting" | "deleted";
            /** @enum {string} */
            apiMode: "byok" | "managed" | "unlimited";
            /**
             * @description `lapsed`: nobody pays any more, and it is not suspended, or not yet.
             * @enum {string}
             */
            standing: "unpaid" | "paid" | "lapsed" | "suspended";
            /**
             * @description What the provider said last. A simulated payment leaves it `open`.
             * @enum {string}
             */
            payment: "open" | "paid" | "revoked" | "refunded";
            /** @description When that was, by the provider's clock. */
            paymentAt: string | null;
            /** @description Since when nobody pays. */
            endedAt: string | null;
            /** @description When it is deleted unless somebody pays; null for what is paid. */
            keptUntil: string | null;
            hasSubscription: boolean;
            /** @description The provider's latest event, e.g. `subscription.canceled`. */
            notice: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        /** @description How many deployments there are of each standing, without the deleted ones. */
        PaymentTotals: {
            total: number;
            byStanding: {
                unpaid: number;
                paid: number;
                lapsed: number;
                suspended: number;
            };
        };
        /** @description What the process that answers runs on. */
        Installation: {
            /** @description Of Berth. */
            version: string;
            target: string;
            assistantImage: string;
            dataDir: string;
            /** @description Where Pulumi's state is, without a password. */
            stateBackend: string;
            /** @enum {string} */
            database: "PGlite" | "PostgreSQL";
            /** @enum {string} */
            payments: "simulated" | "polar";
            parts: {
                name: string;
                version: string | null;
                /** @description Of a plugin of Pulumi's. */
                origin: ("official" | "stand-in") | null;
                path: string | null;
            }[];
            /** @description That assistants run on; none where they are the provider's. */
            hosts: {
                name: string;
                region: string | null;
                engine: string;
                operatingSystem: string;
                cpus: number;
                memoryBytes: number;
            }[];
            /** @description How many places did not answer now. */
            silentHosts: number;
            disks: {
                /** @enum {string} */
                of: "data folder" | "backups" | "assistants' data";
                path: string | null;
                freeBytes: number;
                sizeBytes: number;
                /**
                 * Format: date-time
                 * @description That of the assistants' data: when any of it was measured last.
                 */
                seenAt: string;
            }[];
            /** @description Of this host's firewall; null on a target without them. */
            hostRules: {
                /** @enum {string} */
                mode: "apply" | "require" | "leave";
                /** @description What is wrong with them; null if they are in place, or left alone. */
                finding: string | null;
            } | null;
            readiness: {
                part: string;
                isReady: boolean;
                /** @description Why it is away. */
                reason: string | null;
            }[];
            /** @description Null where assistants have their models' keys themselves. */
            modelGateway: {
                /** @enum {string} */
                reach: "names" | "url";
                /** @description Whether customers' own keys stay out of assistants, too. */
                hasCustomersKeys: boolean;
            } | null;
        };
        /** @description What an assistant has used of its models, as its providers say, and what of its limits that is. */
        ModelUsage: {
            from: string;
            to: string;
            rows: components["schemas"]["UsageRow"][];
            total: {
                requests: number;
                /** @description Tokens, with what was read from the provider's cache and written to it. */
                input: number;
                cachedInput: number;
                cacheWrites: number;
                output: number;
                /** @description What counts for limits: input and output, or the most it can have been where a provider has not said. */
                tokens: number;
                usd: number;
                /** @description Requests to models whose price isn't known; `usd` is without them. */
                unpricedRequests: number;
            };
            present: {
                month: {
                    tokens: number;
                    usd: number;
                    limitTokens: number | null;
                    limitUsd: number | null;
                    /** Format: date-time */
                    until: string;
                };
                day: {
                    tokens: number;
                    usd: number;
                    limitTokens: number | null;
                    limitUsd: number | null;
                    /** Format: date-time */
                    until: string;
                };
                minute: {
                    tokens: number;
                    usd: number;
                    limitTokens: number | null;
                    limitUsd: number | null;
                    /** Format: date-time */
                    until: string;
                };
            };
            /** @description Under way now. */
            openRequests: number;
            requestsAtOnce: number | null;
        };
        /** @description What the rows are not grouped by is null. */
        UsageRow: {
            day: string | null;
            provider: string | null;
            model: string | null;
            deploymentId: string | null;
            requests: number;
            /** @description Tokens, with what was read from the provider's cache and written to it. */
            input: number;
            cachedInput: number;
            cacheWrites: number;
            output: number;
            /** @description What counts for limits: input and output, or the most it can have been where a provider has not said. */
            tokens: number;
            usd: number;
            /** @description Requests to models whose price isn't known; `usd` is without them. */
            unpricedRequests: number;
        };
        AccountUsage: {
            from: string;
            to: string;
            rows: components["schemas"]["UsageRow"][];
            total: {
                requests: number;
                /** @description Tokens, with what was read from the provider's cache and written to it. */
                input: number;
                cachedInput: number;
                cacheWrites: number;
                output: number;
                /** @description What counts for limits: input and output, or the most it can have been where a provider has not said. */
                tokens: number;
                usd: number;
                /** @description Requests to models whose price isn't known; `usd` is without them. */
                unpricedRequests: number;
            };
        };
        OfferedModel: {
            /** @enum {string} */
            provider: "anthropic" | "openai" | "google" | "openrouter" | "xai" | "openai-compatible";
            id: string;
            name: string;
            /** @description US dollars for a million tokens of plain input; null where the price isn't known. */
            inputUsdPerMillion: number | null;
            outputUsdPerMillion: number | null;
        };
        ModelStop: {
            provider: string;
            /** Format: date-time */
            since: string;
        };
        LiveOperation: {
            /** Format: uuid */
            deploymentId: string;
            /** @description Of the deployment. */
            name: string | null;
            account: string;
            operation: components["schemas"]["Operation"];
            /** @description What it is at, or was at last, in a sentence; null as long as nothing has been done. */
            progress: string | null;
        };
        Ready: {
            ok: boolean;
            parts: {
                [key: string]: "ok" | "away";
            };
        };
    };
    responses: {
        /** @description INVALID_REQUEST: The request is malformed; `details` names each wrong field. */
        INVALID_REQUEST: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["INVALID_REQUEST"];
            };
        };
        /** @description UNAUTHORIZED: The X-API-Key header is missing or wrong, or the key, session or link has ended. */
        UNAUTHORIZED: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["UNAUTHORIZED"];
            };
        };
        /** @description FORBIDDEN: The API key may not do this: it lacks the scope, or is not the operator's; or a browser's call came from another page than Berth's. */
        FORBIDDEN: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["FORBIDDEN"];
            };
        };
        /** @description INVALID_SIGNATURE: The webhook was not signed by Polar within the last five minutes. */
        INVALID_SIGNATURE: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["INVALID_SIGNATURE"];
            };
        };
        /** @description NOT_FOUND: There is no such deployment, backup, key, session, account, pairing or page, or it is another account's. */
        NOT_FOUND: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["NOT_FOUND"];
            };
        };
        /** @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it. */
        INVALID_STATE: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["INVALID_STATE"];
            };
        };
        /** @description BOT_IN_USE: Another assistant is driving this Telegram bot; one bot has one. */
        BOT_IN_USE: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["BOT_IN_USE"];
            };
        };
        /** @description LIMIT_REACHED: The account has as many deployments or keys as it may have. */
        LIMIT_REACHED: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["LIMIT_REACHED"];
            };
        };
        /** @description IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment. */
        IDEMPOTENCY_CONFLICT: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["IDEMPOTENCY_CONFLICT"];
            };
        };
        /** @description CALLBACKS_DISABLED: The deployment has no `callbackUrl`, or its receiver answered 410; set one by PATCH. */
        CALLBACKS_DISABLED: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["CALLBACKS_DISABLED"];
            };
        };
        /** @description PAYLOAD_TOO_LARGE: The body is larger than 64 KiB. */
        PAYLOAD_TOO_LARGE: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["PAYLOAD_TOO_LARGE"];
            };
        };
        /** @description UNSUPPORTED_MEDIA_TYPE: The body is not JSON in UTF-8. */
        UNSUPPORTED_MEDIA_TYPE: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["UNSUPPORTED_MEDIA_TYPE"];
            };
        };
        /** @description IDEMPOTENCY_MISMATCH: This Idempotency-Key belongs to another call, or to another API key's: take a new one for a new call. */
        IDEMPOTENCY_MISMATCH: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["IDEMPOTENCY_MISMATCH"];
            };
        };
        /** @description RATE_LIMITED: Too many calls; the header Retry-After says when to try again. */
        RATE_LIMITED: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RATE_LIMITED"];
            };
        };
        /** @description INTERNAL_ERROR: A fault of Berth; nothing was changed unless status says so. */
        INTERNAL_ERROR: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["INTERNAL_ERROR"];
            };
        };
        /** @description PAYMENT_NOT_CONFIGURED: The operator has not finished setting up payments. */
        PAYMENT_NOT_CONFIGURED: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["PAYMENT_NOT_CONFIGURED"];
            };
        };
        /** @description UNAVAILABLE: A part that Berth needs is away, or its room is used up; try again later. */
        UNAVAILABLE: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["UNAVAILABLE"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The caller's own id, or a new one. It is in the log and the audit row as well. */
        "X-Request-Id": string;
        /** @description What is left of the key's budget, e.g. `"reads";r=299999;t=60`. */
        RateLimit: string;
        /** @description The budget, e.g. `"reads";q=300000;w=60`. */
        "RateLimit-Policy": string;
        /** @description Seconds after which the call may be made again. */
        "Retry-After": string;
        /** @description `true` on an answer that was given before to the same call. */
        "Idempotency-Replayed": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    purchase: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    apiMode: "byok" | "managed" | "unlimited";
                    /** @description Of AWS, where the installation has several; the first one if it is left out. */
                    region?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Slot"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            /**
             * @description LIMIT_REACHED: The account has as many deployments or keys as it may have.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LIMIT_REACHED"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            /**
             * @description INTERNAL_ERROR: A fault of Berth; nothing was changed unless status says so.
             *
             *     PAYMENT_NOT_CONFIGURED: The operator has not finished setting up payments.
             */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INTERNAL_ERROR"] | components["schemas"]["PAYMENT_NOT_CONFIGURED"];
                };
            };
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    list: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description A part of the name, the model (`provider/model`) or the bot's number, or the beginning of the id. */
                search?: string;
                status?: ("pending_payment" | "purchased" | "deploying" | "active" | "stopping" | "stopped" | "suspended" | "failed" | "deleting") | ("pending_payment" | "purchased" | "deploying" | "active" | "stopping" | "stopped" | "suspended" | "failed" | "deleting")[];
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ListedDeployment"][];
                        /** @description The `cursor` of the next page; null on the last one. */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    totals: {
        parameters: {
            query?: {
                /** @description A part of the name, the model (`provider/model`) or the bot's number, or the beginning of the id. */
                search?: string;
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["StatusTotals"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    show: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Deployment"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    remove: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Accepted"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INVALID_STATE"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    patch: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    /** @enum {string} */
                    modelProvider?: "anthropic" | "openai" | "google" | "openrouter" | "xai" | "openai-compatible";
                    modelId?: string;
                    /** @description Of an openai-compatible server: what stands in front of /chat/completions. Public https. */
                    baseUrl?: string;
                    /** @description Models of the same provider, which answer in this order where modelId does not; [] for none. */
                    fallbackModels?: string[];
                    telegramBotToken?: string;
                    modelApiKey?: string;
                    allowFrom?: (string | number)[];
                    callbackUrl?: string | null;
                    /** @description The customer's own; null removes them. Taken in every state, at once. */
                    limits?: components["schemas"]["ModelLimits"] | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Deployment"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it.
             *
             *     BOT_IN_USE: Another assistant is driving this Telegram bot; one bot has one.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INVALID_STATE"] | components["schemas"]["BOT_IN_USE"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    activate: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    modelProvider: "anthropic" | "openai" | "google" | "openrouter" | "xai" | "openai-compatible";
                    modelId: string;
                    /** @description Of an openai-compatible server: what stands in front of /chat/completions. Public https. */
                    baseUrl?: string;
                    /** @description Models of the same provider, which answer in this order where modelId does not; [] for none. */
                    fallbackModels?: string[];
                    telegramBotToken: string;
                    modelApiKey?: string;
                    allowFrom?: (string | number)[];
                    callbackUrl?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Accepted"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it.
             *
             *     BOT_IN_USE: Another assistant is driving this Telegram bot; one bot has one.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INVALID_STATE"] | components["schemas"]["BOT_IN_USE"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    checkoutAgain: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Slot"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INVALID_STATE"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            /**
             * @description INTERNAL_ERROR: A fault of Berth; nothing was changed unless status says so.
             *
             *     PAYMENT_NOT_CONFIGURED: The operator has not finished setting up payments.
             */
            500: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INTERNAL_ERROR"] | components["schemas"]["PAYMENT_NOT_CONFIGURED"];
                };
            };
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    status: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["DeploymentStatus"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    stop: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Accepted"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INVALID_STATE"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    cancel: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
                operationId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Accepted"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INVALID_STATE"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    redeploy: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description An image of the assistant's own; null returns to the installation's. */
                    image?: string | null;
                    /** @description Whether it begins with no data if its data is gone (DATA_GONE). Data that is there is kept. */
                    beginEmpty?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Accepted"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it.
             *
             *     BOT_IN_USE: Another assistant is driving this Telegram bot; one bot has one.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INVALID_STATE"] | components["schemas"]["BOT_IN_USE"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    stack: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Stack"] | null;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    operations: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Operation"][];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    events: {
        parameters: {
            query?: never;
            header?: {
                "last-event-id"?: number;
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        id?: string;
                        /** @enum {string} */
                        event: "log" | "end";
                        /** @description JSON. */
                        data: string;
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    logs: {
        parameters: {
            query?: {
                tail?: number;
                since?: string;
                follow?: "true" | "false";
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["INVALID_STATE"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Usage"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["INVALID_STATE"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    pastMetrics: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["UsageSample"][];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    listPairings: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Pairing"][];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["INVALID_STATE"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    approvePairing: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ApprovedPairing"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INVALID_STATE"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    offer: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Offer"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    bot: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Bot"] | null;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    image: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["DeployedImage"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    operationLog: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: number;
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
                operationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["LogEntry"][];
                        nextCursor: number | null;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    listBackups: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Backup"][];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["INVALID_STATE"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    backUp: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BackupAccepted"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INVALID_STATE"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    showBackup: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
                backupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Backup"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["INVALID_STATE"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    removeBackup: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
                backupId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Backup"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INVALID_STATE"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    downloadBackup: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
                backupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/gzip": string;
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["INVALID_STATE"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    restore: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    backupId: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BackupAccepted"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INVALID_STATE"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    callbacks: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Callback"][];
                        /** @description The `cursor` of the next page; null on the last one. */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    replay: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
                callbackId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Callback"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             *
             *     CALLBACKS_DISABLED: The deployment has no `callbackUrl`, or its receiver answered 410; set one by PATCH.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IDEMPOTENCY_CONFLICT"] | components["schemas"]["CALLBACKS_DISABLED"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    showSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CallbackSecret"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    rotateSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CallbackSecret"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["IDEMPOTENCY_CONFLICT"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    listKeys: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                account?: string;
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Key"][];
                        /** @description The `cursor` of the next page; null on the last one. */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    account?: string;
                    /** @default key */
                    name?: string;
                    /**
                     * @default [
                     *       "read",
                     *       "write"
                     *     ]
                     */
                    scopes?: ("read" | "write")[];
                    expiresInSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["NewKey"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            /**
             * @description LIMIT_REACHED: The account has as many deployments or keys as it may have.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LIMIT_REACHED"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Key"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["IDEMPOTENCY_CONFLICT"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default 86400 */
                    overlapSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["NewKey"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["IDEMPOTENCY_CONFLICT"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    audit: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                account?: string;
                /** @description `change`: other calls than GET and HEAD. */
                kind?: "read" | "change";
                /** @description `refused`: answered with 400 or more. */
                outcome?: "done" | "refused";
                /** @description By this key's id; `operator` for the operator's. */
                key?: string;
                /** @description About this deployment. */
                deployment?: string;
                from?: string;
                /** @description Earlier than this. */
                to?: string;
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditRow"][];
                        /** @description The `cursor` of the next page; null on the last one. */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    downloadAudit: {
        parameters: {
            query?: {
                account?: string;
                /** @description `change`: other calls than GET and HEAD. */
                kind?: "read" | "change";
                /** @description `refused`: answered with 400 or more. */
                outcome?: "done" | "refused";
                /** @description By this key's id; `operator` for the operator's. */
                key?: string;
                /** @description About this deployment. */
                deployment?: string;
                from?: string;
                /** @description Earlier than this. */
                to?: string;
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    listSessions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                account?: string;
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Session"][];
                        /** @description The `cursor` of the next page; null on the last one. */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Session"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["IDEMPOTENCY_CONFLICT"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    createSignInLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["SignInLink"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            409: components["responses"]["IDEMPOTENCY_CONFLICT"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    doctor: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                deployment?: string;
                rehearse?: "true" | "false";
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Examination"][];
                        /** @description The `cursor` of the next page; null on the last one. */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    listFleet: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description A part of the name, the model (`provider/model`) or the bot's number, or the beginning of the id. */
                search?: string;
                status?: ("pending_payment" | "purchased" | "deploying" | "active" | "stopping" | "stopped" | "suspended" | "failed" | "deleting") | ("pending_payment" | "purchased" | "deploying" | "active" | "stopping" | "stopped" | "suspended" | "failed" | "deleting")[];
                /** @description Compare with this image instead of each one's own reference. */
                image?: string;
                /** @description All accounts if it is left out. */
                account?: string;
                /** @description Those alone that were seen otherwise than they should be. */
                drift?: "true";
                /** @description Those alone whose image is not what their reference means by now. */
                behind?: "true";
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["FleetMember"][];
                        /** @description The `cursor` of the next page; null on the last one. */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    fleetTotals: {
        parameters: {
            query?: {
                /** @description A part of the name, the model (`provider/model`) or the bot's number, or the beginning of the id. */
                search?: string;
                /** @description All accounts if it is left out. */
                account?: string;
                /** @description Those alone that were seen otherwise than they should be. */
                drift?: "true";
                /** @description Those alone whose image is not what their reference means by now. */
                behind?: "true";
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["StatusTotals"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    showFleetMember: {
        parameters: {
            query?: {
                /** @description Compare with this image instead of each one's own reference. */
                image?: string;
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["FleetMember"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    showFleetStack: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Stack"] | null;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    upgradeFleetMember: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description An image of its own from now on; without it, what it should have. */
                    image?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Accepted"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INVALID_STATE"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    adoptFleetMember: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description One of the installation's; that of new slots if it is left out. */
                    target?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Accepted"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            /**
             * @description INVALID_STATE: The call is not allowed in the deployment's state; `details` names the states that allow it.
             *
             *     IDEMPOTENCY_CONFLICT: The first call with this Idempotency-Key is still running; try again in a moment.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["INVALID_STATE"] | components["schemas"]["IDEMPOTENCY_CONFLICT"];
                };
            };
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    listAccounts: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description A part of the name. */
                search?: string;
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Account"][];
                        /** @description The `cursor` of the next page; null on the last one. */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    listPayments: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                account?: string;
                standing?: "unpaid" | "paid" | "lapsed" | "suspended";
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Payment"][];
                        /** @description The `cursor` of the next page; null on the last one. */
                        nextCursor: string | null;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    paymentTotals: {
        parameters: {
            query?: {
                account?: string;
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PaymentTotals"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    showInstallation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Installation"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    usage: {
        parameters: {
            query?: {
                /** @description First day (UTC); the first one of this month if it is left out. */
                from?: string;
                /** @description Last day (UTC); today if it is left out. */
                to?: string;
                by?: "day" | "model";
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ModelUsage"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    accountUsage: {
        parameters: {
            query?: {
                /** @description First day (UTC); the first one of this month if it is left out. */
                from?: string;
                /** @description Last day (UTC); today if it is left out. */
                to?: string;
                by?: "day" | "model" | "deployment";
                account?: string;
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AccountUsage"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    models: {
        parameters: {
            query: {
                provider: "anthropic" | "openai" | "google" | "openrouter" | "xai" | "openai-compatible";
                /** @description Of mode byok: what its own key can use. */
                deployment?: string;
                /** @description Of an openai-compatible server, without a deployment: what it shows without a key. */
                baseUrl?: string;
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["OfferedModel"][];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    listModelStops: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ModelStop"][];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    stopModels: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description One provider, or all of them.
                     * @default all
                     * @enum {string}
                     */
                    provider?: "anthropic" | "openai" | "google" | "openrouter" | "xai" | "openai-compatible" | "all";
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ModelStop"][];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            409: components["responses"]["IDEMPOTENCY_CONFLICT"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    resumeModels: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
                /** @description 1 to 255 printable ASCII characters, bare or as a quoted string. The same call with the same key gets the first answer again for 24 hours. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description One provider, or all of them.
                     * @default all
                     * @enum {string}
                     */
                    provider?: "anthropic" | "openai" | "google" | "openrouter" | "xai" | "openai-compatible" | "all";
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ModelStop"][];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            409: components["responses"]["IDEMPOTENCY_CONFLICT"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_MISMATCH"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    accountEvents: {
        parameters: {
            query?: {
                /** @description `all`: those of every account, for the operator alone. */
                accounts?: "own" | "all";
            };
            header?: {
                "last-event-id"?: string;
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        /** @description To go on from, as `Last-Event-ID`. */
                        id?: string;
                        /** @enum {string} */
                        event: "lost" | "reset" | "deployment" | "operation" | "removed" | "pairing" | "callback" | "seeded" | "heartbeat" | "end";
                        /** @description JSON. */
                        data: string;
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    liveOperations: {
        parameters: {
            query?: {
                /** @description `all`: those of every account, for the operator alone. */
                accounts?: "own" | "all";
            };
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["LiveOperation"][];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    showSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Session"];
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    apiKey?: string;
                    /** @description What stands behind the # of a link that signs the operator in. */
                    link?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Session"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Session"];
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            403: components["responses"]["FORBIDDEN"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                        /** @constant */
                        status: "live";
                        /** @description Of Berth. */
                        version: string;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            /** @description Done. */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
        };
    };
    scrape: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            401: components["responses"]["UNAUTHORIZED"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        openapi: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
        };
    };
    docs: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
        };
    };
    checkoutPage: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                checkoutId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description As `If-None-Match` says it is known. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    checkoutPay: {
        parameters: {
            query?: never;
            header?: {
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path: {
                checkoutId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            303: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["INVALID_REQUEST"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
    polarWebhook: {
        parameters: {
            query?: never;
            header: {
                "webhook-id": string;
                "webhook-timestamp": string;
                "webhook-signature": string;
                /** @description The caller's own name for the call: 1 to 128 of `A-Za-z0-9._-`. Any other is replaced by a new one. */
                "X-Request-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    type: string;
                } & {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        ok: true;
                    };
                };
            };
            400: components["responses"]["INVALID_REQUEST"];
            403: components["responses"]["INVALID_SIGNATURE"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            429: components["responses"]["RATE_LIMITED"];
            500: components["responses"]["INTERNAL_ERROR"];
            503: components["responses"]["UNAVAILABLE"];
        };
    };
}
