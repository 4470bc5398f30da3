package io.zigma.server.job;

/**
 * Why a job failed.
 *
 * @param message one line for the client
 * @param refused whether the request was wrong, and not the server
 */
public record Problem(String message, boolean refused) {}
