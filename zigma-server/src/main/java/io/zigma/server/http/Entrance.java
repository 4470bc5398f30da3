package io.zigma.server.http;

import com.google.gson.JsonObject;
import io.zigma.condition.InvalidRequestException;
import io.zigma.server.job.QueueFullException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Where every request comes in: it is let in or not, finds its route, and is answered. */
public final class Entrance extends Handler.Abstract {

    /** How failures are written at a path; every dialect has its own form. */
    @FunctionalInterface
    public interface FailureForm {

        /**
         * Describes a failure.
         *
         * @param path of the request
         * @param status of the answer
         * @param message one line
         * @return the body
         */
        JsonObject body(String path, int status, String message);
    }

    private static final int BAD_REQUEST = 400;
    private static final int TOO_MANY = 429;
    private static final int FAILED = 500;

    private static final Map<String, String> ALWAYS =
            Map.of(
                    "X-Content-Type-Options", "nosniff",
                    "Referrer-Policy", "no-referrer",
                    "Cross-Origin-Resource-Policy", "same-origin",
                    "X-Frame-Options", "DENY",
                    "Cache-Control", "no-store");

    private final Routes routes;
    private final Gatekeeper gatekeeper;
    private final FailureForm failures;
    private final boolean behindProxy;
    private final int bodyLimit;
    private final BodyBudget budget;
    private final Consumer<String> log;
    private final LongAdder answered = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder gone = new LongAdder();

    /**
     * Opens it.
     *
     * @param routes what is there
     * @param token that clients send; null for none
     * @param behindProxy whether the headers are believed by which proxies say what they were asked
     * @param failures how failures are written
     * @param bodyLimit bytes of one request
     * @param bodiesLimit bytes of all requests in memory
     * @param log called with one line where the server is at fault
     */
    public Entrance(
            Routes routes,
            @Nullable String token,
            boolean behindProxy,
            FailureForm failures,
            int bodyLimit,
            long bodiesLimit,
            Consumer<String> log) {
        this.routes = routes;
        this.gatekeeper = new Gatekeeper(token);
        this.behindProxy = behindProxy;
        this.failures = failures;
        this.bodyLimit = bodyLimit;
        this.budget = new BodyBudget(bodiesLimit);
        this.log = log;
    }

    /**
     * Counts requests that are over, each once.
     *
     * @return kind of answer → requests; gone: the client did not wait for it
     */
    public Map<String, Long> counts() {
        return Map.of(
                "answered", answered.sum(),
                "refused", refused.sum(),
                "failed", failed.sum(),
                "gone", gone.sum());
    }

    /**
     * Returns how much of requests is in memory.
     *
     * @return bytes
     */
    public long bodyBytes() {
        return budget.used();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Request.addCompletionListener(request, failure -> count(response.getStatus(), failure));
        ALWAYS.forEach(response.getHeaders()::put);
        String path = Request.getPathInContext(request);
        Exchange early = exchange(request, response, callback, Map.of());
        try {
            gatekeeper.requireOwnPage(
                    PublicAddress.of(request.getHeaders(), behindProxy).host(),
                    request.getHeaders().get(HttpHeader.ORIGIN),
                    request.getHeaders().get("Sec-Fetch-Site"));
            Routes.Match match = routes.find(request.getMethod(), path);
            if (!match.route().open()) {
                gatekeeper.requireToken(request.getHeaders().get(HttpHeader.AUTHORIZATION));
            }
            Exchange exchange = exchange(request, response, callback, match.values());
            match.route().work().answer(exchange);
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            fail(early, path, e);
        }
        return true;
    }

    /** Counts a request when all of it is over: what goes wrong late is no answer. */
    private void count(int status, @Nullable Throwable failure) {
        if (failure != null) {
            gone.increment();
        } else if (status < BAD_REQUEST) {
            answered.increment();
        } else {
            (status >= FAILED ? failed : refused).increment();
        }
    }

    private Exchange exchange(
            Request request, Response response, Callback callback, Map<String, String> values) {
        return new Exchange(
                request,
                response,
                callback,
                values,
                PublicAddress.of(request.getHeaders(), behindProxy),
                bodyLimit,
                budget,
                (exchange, failure) -> fail(exchange, Request.getPathInContext(request), failure));
    }

    private void fail(Exchange exchange, String path, Throwable thrown) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null
                        ? thrown.getCause()
                        : thrown;
        if (exchange.isCommitted()) {
            exchange.ended(failure);
            return;
        }
        if (failure instanceof HttpException known) {
            known.headers().forEach(exchange::header);
            answer(exchange, path, known.status(), known.getMessage());
        } else if (failure instanceof QueueFullException full) {
            exchange.header("Retry-After", Integer.toString(full.retrySeconds()));
            answer(exchange, path, TOO_MANY, full.getMessage());
        } else if (failure instanceof InvalidRequestException) {
            answer(exchange, path, BAD_REQUEST, failure.getMessage());
        } else if (failure instanceof IOException || failure instanceof TimeoutException) {
            exchange.ended(failure); // the client is gone, or sent half of it
        } else {
            log.accept(
                    "a request failed: %s (%s)"
                            .formatted(failure.getClass().getSimpleName(), failure.getMessage()));
            answer(exchange, path, FAILED, "it failed unexpectedly; the server's log has why");
        }
    }

    private void answer(Exchange exchange, String path, int status, String message) {
        byte[] body =
                failures.body(path, status, message).toString().getBytes(StandardCharsets.UTF_8);
        exchange.answer(status, Exchange.JSON, body);
    }
}
