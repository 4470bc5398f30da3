package io.zigma.server;

import static io.zigma.server.ServerOfTest.json;
import static io.zigma.server.ServerOfTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zigma.server.job.Job;
import io.zigma.server.job.JobState;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How a server ends, and what it does where it cannot begin. */
class ShutdownTest {

    private static void awaitRunning(ServerOfTest server) throws Exception {
        while (server.server().queue().running().stream().noneMatch(job -> job.done() > 0)) {
            Thread.sleep(2);
        }
    }

    @Test
    void whatRunsIsFinishedAndAnsweredAndWhatWaitsIsCancelled() throws Exception {
        try (ServerOfTest server = ServerOfTest.start()) {
            CompletableFuture<HttpResponse<byte[]>> running =
                    server.later(
                            "/v1/images/generations", "{'prompt': 'bag', 'n': 2, 'steps': 60}");
            awaitRunning(server);
            CompletableFuture<HttpResponse<byte[]>> waiting =
                    server.later("/v1/images/generations", "{'prompt': 'bag', 'steps': 3}");
            while (server.server().queue().waiting() == 0) {
                Thread.sleep(2);
            }

            server.server().close(Duration.ofSeconds(60));

            assertThat(running.get().statusCode()).as(text(running.get())).isEqualTo(200);
            assertThat(json(running.get()).getAsJsonArray("data")).hasSize(2);
            assertThat(waiting.get().statusCode()).isEqualTo(503);
            assertThat(text(waiting.get())).contains("the request was cancelled");
        }
    }

    @Test
    void withoutPatienceWhatRunsIsCancelled() throws Exception {
        Job job;
        try (ServerOfTest server = ServerOfTest.start()) {
            job = server.server().queue().find(server.block()).orElseThrow();
        }

        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void aPortThatIsTakenIsSaidInOneLine() throws Exception {
        try (ServerOfTest server = ServerOfTest.start()) {
            ServerSettings same =
                    ServerSettings.local(
                            List.of(ServerOfTest.fashion("fashion")), server.server().port());

            assertThatThrownBy(() -> ZigmaServer.start(same, line -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("port %s ".formatted(server.server().port()))
                    .hasMessageContaining("taken")
                    .hasMessageNotContaining("\n");
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
        }
    }
}
