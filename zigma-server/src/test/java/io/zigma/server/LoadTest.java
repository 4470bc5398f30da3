package io.zigma.server;

import static io.zigma.server.ServerOfTest.json;
import static io.zigma.server.ServerOfTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.checkpoint.TinyCheckpoints;
import io.zigma.server.job.JobState;
import io.zigma.server.job.ServedModel;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many clients at once. */
class LoadTest {

    private static final int CLIENTS = 100;
    private static final List<String> CLASSES = List.of("circle", "square", "cross");

    @TempDir static Path folder;
    private static ServedModel model;

    @BeforeAll
    static void writeModel() throws Exception {
        model = ServedModel.of("tiny", TinyCheckpoints.write(folder, 3));
    }

    private static ServerOfTest start(int queued) throws Exception {
        return ServerOfTest.start(
                settings -> {
                    ServerSettings own = ServerSettings.local(List.of(model), 0);
                    return own.withLimits(own.limits().withQueued(queued));
                });
    }

    /** Different classes, seeds, numbers of pictures, and some with other settings. */
    private static String request(int client) {
        return "{'prompt': '%s', 'seed': %s, 'n': %s, 'steps': %s}"
                .formatted(
                        CLASSES.get(client % CLASSES.size()),
                        client,
                        1 + client % 2,
                        client % 10 == 0 ? 4 : 3);
    }

    /** Asks as often as the server says, as it says. */
    private static List<byte[]> pictures(ServerOfTest server, int client, AtomicInteger refusals)
            throws Exception {
        while (true) {
            HttpResponse<byte[]> answer =
                    server.later("/v1/images/generations", request(client)).get();
            if (answer.statusCode() == 429) {
                refusals.incrementAndGet();
                Thread.sleep(1000 * answer.headers().firstValueAsLong("Retry-After").orElseThrow());
                continue;
            }
            assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
            List<byte[]> pictures = new ArrayList<>();
            json(answer)
                    .getAsJsonArray("data")
                    .forEach(
                            entry ->
                                    pictures.add(
                                            Base64.getDecoder()
                                                    .decode(
                                                            entry.getAsJsonObject()
                                                                    .get("b64_json")
                                                                    .getAsString())));
            return pictures;
        }
    }

    @Test
    void everyPictureOfAHundredClientsIsTheOneMadeAlone() throws Exception {
        List<List<byte[]>> alone = new ArrayList<>();
        try (ServerOfTest server = start(1)) {
            for (int client = 0; client < CLIENTS; client++) {
                alone.add(pictures(server, client, new AtomicInteger()));
            }
        }
        AtomicInteger refusals = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try (ServerOfTest server = start(16)) {
            List<Callable<List<byte[]>>> clients = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int number = client;
                clients.add(() -> pictures(server, number, refusals));
            }

            List<Future<List<byte[]>>> together = threads.invokeAll(clients);

            for (int client = 0; client < CLIENTS; client++) {
                List<byte[]> own = together.get(client).get();
                assertThat(own).as("client %s", client).hasSameSizeAs(alone.get(client));
                for (int i = 0; i < own.size(); i++) {
                    assertThat(own.get(i))
                            .as("client %s, picture %s", client, i)
                            .isEqualTo(alone.get(client).get(i));
                }
            }
            assertThat(server.log()).isEmpty();
            assertThat(server.server().queue().statistics().rejected()).isEqualTo(refusals.get());
        } finally {
            threads.shutdownNow();
        }
        assertThat(refusals.get()).as("the queue was full now and then").isPositive();
    }

    @Test
    void ofTenThousandJobsThoseThatFitAreDoneAndTheOthersRefusedAtOnce() throws Exception {
        int jobs = 10_000;
        AtomicInteger accepted = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (ServerOfTest server = start(64)) {
            List<Callable<Void>> clients = new ArrayList<>();
            for (int job = 0; job < jobs; job++) {
                int seed = job;
                clients.add(
                        () -> {
                            HttpResponse<byte[]> answer =
                                    server.post(
                                            "/api/v1/jobs",
                                            "{'class': 'circle', 'steps': 2, 'seed': %s}"
                                                    .formatted(seed));
                            assertThat(answer.statusCode()).isIn(202, 429);
                            (answer.statusCode() == 202 ? accepted : refused).incrementAndGet();
                            return null;
                        });
            }
            for (Future<Void> client : threads.invokeAll(clients)) {
                client.get();
            }
            while (server.server().queue().waiting() > 0
                    || !server.server().queue().running().isEmpty()) {
                Thread.sleep(10);
            }

            assertThat(accepted.get() + refused.get()).isEqualTo(jobs);
            var statistics = server.server().queue().statistics();
            assertThat(statistics.submitted()).isEqualTo(accepted.get());
            assertThat(statistics.jobs(JobState.DONE)).isEqualTo(accepted.get());
            assertThat(statistics.rejected()).isEqualTo(refused.get());
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            assertThat(server.log()).isEmpty();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Returns where the server's threads are that are in its code, or wait for something. */
    private static List<String> threadsInside() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().startsWith("zigma-http"))
                .map(thread -> Arrays.toString(thread.getValue()))
                .filter(
                        stack ->
                                stack.contains("io.zigma.server")
                                        || stack.contains("CompletableFuture"))
                .toList();
    }

    /** More of them than the server has threads. */
    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void noThreadOfTheServersWaitsForAJob() throws Exception {
        try (ServerOfTest server = ServerOfTest.start()) {
            String blocker = server.block();
            List<CompletableFuture<HttpResponse<byte[]>>> waiting = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                waiting.add(
                        server.later(
                                i % 2 == 0 ? "/v1/images/generations" : "/sdapi/v1/txt2img",
                                "{'prompt': 'bag', 'steps': 1, 'seed': %s}".formatted(i)));
            }
            while (server.server().queue().waiting() < 60) {
                Thread.sleep(5);
            }

            assertThat(server.get("/api/v1/models").statusCode()).isEqualTo(200);
            while (!threadsInside().isEmpty()) {
                Thread.sleep(5); // some are on their way out; one that waits stays
            }
            server.cancel(blocker);
            for (CompletableFuture<HttpResponse<byte[]>> answer : waiting) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
            }
        }
    }
}
