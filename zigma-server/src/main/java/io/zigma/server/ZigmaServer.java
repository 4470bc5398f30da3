package io.zigma.server;

import io.zigma.server.api.Desk;
import io.zigma.server.api.FailureForms;
import io.zigma.server.api.NativeApi;
import io.zigma.server.api.OpenAiApi;
import io.zigma.server.api.Operations;
import io.zigma.server.api.Page;
import io.zigma.server.api.WebuiApi;
import io.zigma.server.http.Entrance;
import io.zigma.server.http.Routes;
import io.zigma.server.http.WatchedConnector;
import io.zigma.server.job.JobQueue;
import io.zigma.server.job.Models;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A running server: the queue of jobs, and the interfaces in front of it.
 *
 * <pre>{@code
 * ServedModel model = ServedModel.of("fashion", CheckpointFolder.open(Path.of("models/fashion")));
 * try (ZigmaServer server = ZigmaServer.start(ServerSettings.local(List.of(model), 7860), log)) {
 *     …
 * }
 * }</pre>
 */
public final class ZigmaServer implements AutoCloseable {

    private static final int THREADS = 32;
    private static final int FEW_THREADS = 4;
    private static final int CONNECTIONS = 512;
    private static final int IDLE_MILLIS = 30_000;
    private static final int LONGEST_LINE = 16 << 10;
    private static final int BODIES = 8;

    private final Server jetty;
    private final ServerConnector connector;
    private final JobQueue queue;
    private final NativeApi jobs;
    private final InetAddress address;

    private ZigmaServer(
            Server jetty,
            ServerConnector connector,
            JobQueue queue,
            NativeApi jobs,
            InetAddress address) {
        this.jetty = jetty;
        this.connector = connector;
        this.queue = queue;
        this.jobs = jobs;
        this.address = address;
    }

    /**
     * Starts a server. No model is loaded before it is asked.
     *
     * @param settings what to serve, and where
     * @param log called with one line at a time, in which control characters are written out
     * @return the running server
     * @throws IOException if the port is taken or the address is not this machine's
     */
    public static ZigmaServer start(ServerSettings settings, Consumer<String> log)
            throws IOException {
        Consumer<String> lines = line -> log.accept(printable(line));
        Models models = new Models(settings.models());
        JobQueue queue = new JobQueue(settings.devices(), settings.limits(), lines);
        NativeApi jobs = new NativeApi(new Desk(models, queue), settings.bodyBytes());
        Server jetty = new Server(threads());
        ServerConnector connector = connector(jetty, settings);
        jetty.setHandler(entrance(new Desk(models, queue), jobs, settings, lines));
        ZigmaServer server = new ZigmaServer(jetty, connector, queue, jobs, settings.address());
        try {
            jetty.start();
            return server;
        } catch (Exception e) {
            server.close(Duration.ZERO);
            throw failure(e, settings);
        }
    }

    private static QueuedThreadPool threads() {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, FEW_THREADS, IDLE_MILLIS);
        threads.setName("zigma-http");
        threads.setDaemon(true);
        return threads;
    }

    private static ServerConnector connector(Server jetty, ServerSettings settings) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(LONGEST_LINE);
        http.setMinRequestDataRate(1024); // a client that sends a byte now and then is cut off
        ServerConnector connector = new WatchedConnector(jetty, http);
        connector.setHost(settings.address().getHostAddress());
        connector.setPort(settings.port());
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.setReuseAddress(true);
        jetty.addConnector(connector);
        jetty.addBean(new NetworkConnectionLimit(CONNECTIONS, jetty));
        return connector;
    }

    private static Entrance entrance(
            Desk desk, NativeApi jobs, ServerSettings settings, Consumer<String> log) {
        Routes routes = new Routes();
        Page.addTo(routes);
        jobs.addTo(routes);
        new OpenAiApi(desk).addTo(routes);
        new WebuiApi(desk).addTo(routes);
        Entrance entrance =
                new Entrance(
                        routes,
                        settings.token().orElse(null),
                        settings.behindProxy(),
                        new FailureForms(),
                        settings.bodyBytes(),
                        (long) settings.bodyBytes() * BODIES,
                        log);
        new Operations(desk, entrance::counts, entrance::bodyBytes, jobs::streams).addTo(routes);
        return entrance;
    }

    private static IOException failure(Exception e, ServerSettings settings) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return new IOException(
                        "port %s of %s is taken by another program, or not yours to use (%s); give another --port"
                                .formatted(
                                        settings.port(),
                                        settings.address().getHostAddress(),
                                        cause.getMessage()),
                        e);
            }
        }
        return new IOException("the server cannot be started: " + e.getMessage(), e);
    }

    /** A request's text may hold anything; a line of a log holds no control characters. */
    private static String printable(String line) {
        StringBuilder shown = new StringBuilder();
        line.chars()
                .forEach(
                        c ->
                                shown.append(
                                        Character.isISOControl(c)
                                                ? "\\u%s".formatted(Integer.toHexString(c))
                                                : Character.toString(c)));
        return shown.toString();
    }

    /**
     * Returns where it listens.
     *
     * @return the port
     */
    public int port() {
        return connector.getLocalPort();
    }

    /**
     * Returns the page's address.
     *
     * @return such as {@code http://127.0.0.1:7860/}
     */
    public String url() {
        String host =
                address instanceof Inet6Address
                        ? "[" + address.getHostAddress() + "]"
                        : address.getHostAddress();
        return "http://%s:%s/".formatted(host, Integer.toString(port()));
    }

    /**
     * Returns the queue.
     *
     * @return where jobs are
     */
    public JobQueue queue() {
        return queue;
    }

    /**
     * Ends: takes nothing more in, cancels what waits, finishes what runs, answers, and closes the
     * connections.
     *
     * @param patience how long what runs may take; then it is cancelled
     */
    public void close(Duration patience) {
        queue.close(patience);
        jobs.close();
        try {
            jetty.setStopTimeout(2000); // for answers under way
            jetty.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the server did not stop: " + e.getMessage(), e);
        }
    }

    /** Ends and cancels everything. */
    @Override
    public void close() {
        close(Duration.ZERO);
    }
}
