package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.base.Amount;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.Flags;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.StopRequest;
import io.zigma.condition.InvalidRequestException;
import io.zigma.pipeline.RequestLimits;
import io.zigma.server.ServerSettings;
import io.zigma.server.ZigmaServer;
import io.zigma.server.job.JobLimits;
import io.zigma.server.job.ServedModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.commons.cli.Option;

/** {@code zigma serve}: a page to make pictures on, and HTTP interfaces for programs. */
public final class ServeCommand implements Command {

    private static final Option MODELS =
            Flags.values(
                    "m",
                    "model",
                    "DIR",
                    "checkpoint folder, or a run folder for its newest checkpoint; once for each"
                            + " model");
    private static final Option PORT =
            Flags.value(
                    null,
                    "port",
                    "N",
                    "where to listen; default: %s, 0: any that is free"
                            .formatted(Integer.toString(ServerSettings.PORT)));
    private static final Option HOST =
            Flags.value(
                    null,
                    "host",
                    "ADDRESS",
                    "the address to listen at; default: 127.0.0.1, which only this machine reaches;"
                            + " any other needs a token");
    private static final Option TOKEN =
            Flags.value(
                    null,
                    "token",
                    "TEXT",
                    "what clients have to send; other users of this machine see it among its"
                            + " processes, so rather use --token-file");
    private static final Option TOKEN_FILE =
            Flags.value(null, "token-file", "FILE", "a file whose first line is the token");
    private static final Option BEHIND_PROXY =
            Flags.flag(
                    null,
                    "behind-proxy",
                    "believe X-Forwarded-Proto and X-Forwarded-Host, which only a proxy in front of"
                            + " this server should be able to send");
    private static final Option QUEUE =
            Flags.value(
                    null,
                    "queue",
                    "N",
                    "requests that may wait; others are asked to come back later; default: "
                            + JobLimits.STANDARD.queued());
    private static final Option MOST_PICTURES =
            Flags.value(
                    null,
                    "max-count",
                    "N",
                    "pictures of one request; default: " + RequestLimits.STANDARD.maxCount());
    private static final Option MOST_STEPS =
            Flags.value(
                    null,
                    "max-steps",
                    "N",
                    "steps of one picture; default: " + RequestLimits.STANDARD.maxSteps());
    private static final Option MEMORY =
            Flags.value(
                    null,
                    "model-memory",
                    "N",
                    "MiB of loaded weights; the models that were not used for longest are dropped"
                            + " beyond; default: "
                            + (JobLimits.STANDARD.modelBytes() >> 20));

    private static final int LARGEST_PORT = 65_535;
    private static final int MOST_QUEUED = 100_000;
    private static final int MOST = 10_000;
    private static final int LARGEST_TOKEN_FILE = 4096;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "serve";
    }

    @Override
    public String purpose() {
        return "Make pictures on a page in the browser, or from other programs over HTTP.";
    }

    @Override
    public String synopsis() {
        return "-m DIR [-m DIR ...] [--port N]";
    }

    @Override
    public List<OptionSection> sections() {
        return List.of(
                OptionSection.of(
                        "What to serve, and where",
                        MODELS,
                        PORT,
                        HOST,
                        TOKEN,
                        TOKEN_FILE,
                        BEHIND_PROXY),
                OptionSection.of("Limits", QUEUE, MOST_PICTURES, MOST_STEPS, MEMORY),
                ComputeOptions.SECTION);
    }

    @Override
    public List<String> examples() {
        return List.of(
                "serve -m models/fashion",
                "serve -m models/fashion -m runs/first --port 8080",
                "serve -m models/fashion --host 0.0.0.0 --token-file token.txt");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        ComputeOptions compute = ComputeOptions.of(arguments);
        int port = arguments.integer(PORT, 0, LARGEST_PORT, ServerSettings.PORT);
        InetAddress address = address(arguments);
        JobLimits limits = limits(arguments);
        Optional<String> token = token(arguments);
        List<ServedModel> models = models(arguments);
        ServerSettings settings =
                settings(
                        models,
                        compute.device(),
                        address,
                        port,
                        token,
                        limits,
                        arguments.has(BEHIND_PROXY));
        compute.start();
        CountDownLatch asked = new CountDownLatch(1);
        try (StopRequest stop =
                        StopRequest.listen(
                                console, "finishing what runs, then ending", asked::countDown);
                ZigmaServer server = ZigmaServer.start(settings, console::say)) {
            console.out().println(server.url());
            console.out().flush();
            console.say(
                    "serving %s at %s; Ctrl-C ends it"
                            .formatted(Amount.of(models.size(), "model"), server.url()));
            asked.await();
            server.close(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ServerSettings settings(
            List<ServedModel> models,
            Device device,
            InetAddress address,
            int port,
            Optional<String> token,
            JobLimits limits,
            boolean behindProxy) {
        try {
            return new ServerSettings(
                    models,
                    List.of(device),
                    address,
                    port,
                    token,
                    limits,
                    ServerSettings.BODY_BYTES,
                    behindProxy);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static JobLimits limits(Arguments arguments) {
        JobLimits standard = JobLimits.STANDARD;
        try {
            return standard.withQueued(arguments.integer(QUEUE, 1, MOST_QUEUED, standard.queued()))
                    .withRequest(
                            new RequestLimits(
                                    arguments.integer(
                                            MOST_PICTURES, 1, MOST, standard.request().maxCount()),
                                    arguments.integer(
                                            MOST_STEPS, 1, MOST, standard.request().maxSteps())))
                    .withModelBytes(
                            (long)
                                            arguments.integer(
                                                    MEMORY,
                                                    1,
                                                    Integer.MAX_VALUE,
                                                    (int) (standard.modelBytes() >> 20))
                                    << 20);
        } catch (InvalidRequestException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static InetAddress address(Arguments arguments) {
        Optional<String> host = arguments.text(HOST);
        try {
            return host.isPresent()
                    ? InetAddress.getByName(host.get())
                    : InetAddress.getByName("127.0.0.1");
        } catch (UnknownHostException | SecurityException e) {
            throw new UsageException(
                    "--host '%s' is no address; give one of this machine, or 0.0.0.0 for all of them"
                            .formatted(host.orElse("")));
        }
    }

    private static Optional<String> token(Arguments arguments) throws IOException {
        Optional<Path> file = arguments.path(TOKEN_FILE);
        if (file.isEmpty()) {
            return arguments.text(TOKEN);
        }
        if (arguments.has(TOKEN)) {
            throw new UsageException("give either --token or --token-file");
        }
        if (!Files.isRegularFile(file.get()) || Files.size(file.get()) > LARGEST_TOKEN_FILE) {
            throw new IOException(
                    "%s is no file with a token in its first line".formatted(file.get()));
        }
        return Optional.of(
                Files.readString(file.get()).lines().findFirst().map(String::strip).orElse(""));
    }

    private static List<ServedModel> models(Arguments arguments) throws IOException {
        List<ServedModel> models = new ArrayList<>();
        for (Path folder : arguments.requiredPaths(MODELS)) {
            Path name = folder.toAbsolutePath().normalize().getFileName();
            ServedModel model = ServedModel.of(String.valueOf(name), ModelFolder.open(folder));
            if (models.stream().anyMatch(other -> other.name().equals(model.name()))) {
                throw new UsageException(
                        "two models are called %s; rename the folder of one"
                                .formatted(model.name()));
            }
            models.add(model);
        }
        return models;
    }
}
