package io.zigma.server;

import ai.djl.Device;
import io.zigma.server.job.JobLimits;
import io.zigma.server.job.ServedModel;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What a server is started with.
 *
 * @param models to offer, the first by default
 * @param devices to compute on, a worker each
 * @param address to listen at
 * @param port to listen at, 0 for any that is free
 * @param token that clients have to send; none only where the address is this machine's own
 *     (loopback)
 * @param limits how much is taken in
 * @param bodyBytes of one request
 * @param behindProxy whether requests come through a proxy, whose X-Forwarded-Proto and
 *     X-Forwarded-Host are believed
 */
public record ServerSettings(
        List<ServedModel> models,
        List<Device> devices,
        InetAddress address,
        int port,
        Optional<String> token,
        JobLimits limits,
        int bodyBytes,
        boolean behindProxy) {

    /** The port where none is given. */
    public static final int PORT = 7860;

    /** Bytes of one request where nothing else is said: two large pictures in base64. */
    public static final int BODY_BYTES = 32 << 20;

    private static final int SHORTEST_TOKEN = 16;

    /**
     * Checks that the server is not open to everybody.
     *
     * @throws IllegalArgumentException if it would be, or a token can be guessed
     */
    public ServerSettings {
        models = List.copyOf(models);
        devices = List.copyOf(devices);
        if (devices.isEmpty()) {
            throw new IllegalArgumentException("a server needs a device to compute on");
        }
        if (token.isEmpty() && !address.isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "at %s everybody on the network could use this server; give a token, or listen at 127.0.0.1"
                            .formatted(address.getHostAddress()));
        }
        if (token.isPresent()
                && (token.get().length() < SHORTEST_TOKEN
                        || !token.get().chars().allMatch(c -> c > ' ' && c < 127))) {
            throw new IllegalArgumentException(
                    "a token has at least %s letters, digits or signs and no spaces"
                            .formatted(SHORTEST_TOKEN));
        }
    }

    /**
     * Serves models to this machine alone, on the processor.
     *
     * @param models to offer
     * @param port to listen at, 0 for any that is free
     * @return settings with standard limits
     */
    public static ServerSettings local(List<ServedModel> models, int port) {
        return new ServerSettings(
                models,
                List.of(Device.cpu()),
                InetAddress.getLoopbackAddress(),
                port,
                Optional.empty(),
                JobLimits.STANDARD,
                BODY_BYTES,
                false);
    }

    /**
     * Returns the same with other limits.
     *
     * @param changed how much is taken in
     * @return a changed copy
     */
    public ServerSettings withLimits(JobLimits changed) {
        return new ServerSettings(
                models, devices, address, port, token, changed, bodyBytes, behindProxy);
    }

    /**
     * Returns the same with a token.
     *
     * @param changed what clients have to send
     * @return a changed copy
     */
    public ServerSettings withToken(String changed) {
        return new ServerSettings(
                models,
                devices,
                address,
                port,
                Optional.of(changed),
                limits,
                bodyBytes,
                behindProxy);
    }

    /**
     * Returns the same with another limit of a request's size.
     *
     * @param changed bytes of one request
     * @return a changed copy
     */
    public ServerSettings withBodyBytes(int changed) {
        return new ServerSettings(
                models, devices, address, port, token, limits, changed, behindProxy);
    }

    /**
     * Returns the same behind a proxy that says what it was asked.
     *
     * @return a changed copy
     */
    public ServerSettings withProxy() {
        return new ServerSettings(models, devices, address, port, token, limits, bodyBytes, true);
    }
}
