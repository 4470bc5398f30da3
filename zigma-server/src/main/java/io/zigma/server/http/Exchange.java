package io.zigma.server.http;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** One request and its answer. */
public final class Exchange {

    /** The type of JSON. */
    public static final String JSON = "application/json";

    private static final int BAD_REQUEST = 400;

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Map<String, String> values;
    private final int bodyLimit;
    private final BodyBudget budget;
    private final BiConsumer<Exchange, Throwable> failure;
    private final PublicAddress address;

    Exchange(
            Request request,
            Response response,
            Callback callback,
            Map<String, String> values,
            PublicAddress address,
            int bodyLimit,
            BodyBudget budget,
            BiConsumer<Exchange, Throwable> failure) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.values = values;
        this.address = address;
        this.bodyLimit = bodyLimit;
        this.budget = budget;
        this.failure = failure;
    }

    /**
     * Returns a part of the path.
     *
     * @param name as the route calls it
     * @return its value, decoded
     */
    public String value(String name) {
        return values.getOrDefault(name, "");
    }

    /**
     * Returns a header.
     *
     * @param name in any case
     * @return its first value
     */
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /**
     * Returns what follows the question mark.
     *
     * @return empty without one
     */
    public String query() {
        return Optional.ofNullable(request.getHttpURI().getQuery()).orElse("");
    }

    /**
     * Returns the address that the client used.
     *
     * @return such as {@code http://localhost:7860}
     */
    public String origin() {
        return address.origin();
    }

    /**
     * Says when the client goes away before it has its answer. The request's body has to be read.
     *
     * @param gone called then, once, on a thread of the server's
     */
    public void whenGone(Runnable gone) {
        if (request.getConnectionMetaData().getConnection().getEndPoint()
                instanceof WatchedEndPoint client) {
            Request.addCompletionListener(request, failed -> client.unwatch());
            client.watch(gone);
        }
    }

    /**
     * Returns threads for work that is not an answer's last line.
     *
     * @return the server's own
     */
    public Executor executor() {
        return request.getComponents().getExecutor();
    }

    /**
     * Reads the body; no thread waits for it.
     *
     * @return all of it; fails with {@link HttpException} where it is too large
     */
    public CompletableFuture<byte[]> body() {
        return BodyReader.read(request, bodyLimit, budget);
    }

    /**
     * A body that is a JSON object.
     *
     * @param json the object
     * @param bytes its size as it was sent
     */
    public record JsonBody(JsonObject json, int bytes) {}

    /**
     * Reads the body as a JSON object.
     *
     * @return the object; fails with {@link HttpException} where it is none
     */
    public CompletableFuture<JsonBody> jsonBody() {
        return body().thenApply(
                        bytes ->
                                new JsonBody(
                                        object(new String(bytes, StandardCharsets.UTF_8)),
                                        bytes.length));
    }

    private static JsonObject object(String text) {
        try {
            if (JsonParser.parseString(text) instanceof JsonObject object) {
                return object;
            }
        } catch (JsonParseException | StackOverflowError e) {
            throw new HttpException(BAD_REQUEST, "the request is not valid JSON");
        }
        throw new HttpException(BAD_REQUEST, "send a JSON object");
    }

    /**
     * Goes on when something is there, on a thread of the server's; a failure of either is the
     * answer.
     *
     * @param <T> what is waited for
     * @param future of it
     * @param work answers with it
     */
    public <T> void when(CompletableFuture<T> future, Consumer<T> work) {
        future.thenAcceptAsync(work, executor())
                .exceptionally(
                        thrown -> {
                            failure.accept(this, thrown);
                            return null;
                        });
    }

    /** Has an answer that takes long survive the connection's idle time. */
    public void takesLong() {
        request.addIdleTimeoutListener(timeout -> false);
    }

    /**
     * Answers with JSON.
     *
     * @param status of the answer
     * @param body of the answer
     */
    public void answer(int status, JsonElement body) {
        answer(status, JSON, body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Answers.
     *
     * @param status of the answer
     * @param type of the body
     * @param body of the answer
     */
    public void answer(int status, String type, byte[] body) {
        response.setStatus(status);
        response.getHeaders().put("Content-Type", type);
        response.getHeaders().put("Content-Length", body.length);
        boolean head = request.getMethod().equals("HEAD");
        response.write(true, head ? ByteBuffer.allocate(0) : ByteBuffer.wrap(body), callback);
    }

    /**
     * Adds a header to the answer.
     *
     * @param name of the header
     * @param value one line
     */
    public void header(String name, String value) {
        response.getHeaders().put(name, value);
    }

    /**
     * Begins an answer that is written piece by piece.
     *
     * @param type of the body
     * @return where to write, never more than one piece at once
     */
    public Content.Sink stream(String type) {
        takesLong();
        response.setStatus(200);
        response.getHeaders().put("Content-Type", type);
        response.getHeaders().put("Cache-Control", "no-store");
        response.getHeaders().put("X-Accel-Buffering", "no"); // proxies that would hold events back
        return response;
    }

    /**
     * Ends a streamed answer.
     *
     * @param reason why it could not be written; null where it could
     */
    public void ended(@Nullable Throwable reason) {
        if (reason == null) {
            callback.succeeded();
        } else {
            callback.failed(reason);
        }
    }

    boolean isCommitted() {
        return response.isCommitted();
    }
}
