package io.zigma.server.api;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.zigma.server.http.Entrance;

/** Writes failures as the clients of a path expect them. */
public final class FailureForms implements Entrance.FailureForm {

    private static final int SERVER = 500;
    private static final int TOO_MANY = 429;

    @Override
    public JsonObject body(String path, int status, String message) {
        JsonObject body = new JsonObject();
        if (path.startsWith("/sdapi/")) {
            body.addProperty("error", "HTTPException");
            body.addProperty("detail", message);
            body.addProperty("body", "");
            body.addProperty("errors", message);
            return body;
        }
        JsonObject error = new JsonObject();
        error.addProperty("message", message);
        if (path.startsWith("/v1/")) {
            error.addProperty(
                    "type",
                    status >= SERVER
                            ? "server_error"
                            : status == TOO_MANY ? "rate_limit_error" : "invalid_request_error");
            error.add("param", JsonNull.INSTANCE);
            error.add("code", JsonNull.INSTANCE);
        } else {
            error.addProperty("status", status);
        }
        body.add("error", error);
        return body;
    }
}
