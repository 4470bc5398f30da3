package io.zigma.server.api;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.zigma.condition.InvalidRequestException;
import io.zigma.pipeline.JsonRequest;
import io.zigma.pipeline.RequestDefaults;
import io.zigma.server.http.HttpException;
import io.zigma.server.job.Job;
import io.zigma.server.job.JobQueue;
import io.zigma.server.job.JobState;
import io.zigma.server.job.Models;
import io.zigma.server.job.Problem;
import io.zigma.server.job.QueueFullException;
import io.zigma.server.job.ServedModel;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What every interface does with a request once it is in the one form.
 *
 * @param models that are there
 * @param queue where jobs go
 */
public record Desk(Models models, JobQueue queue) {

    private static final int NOT_FOUND = 404;
    private static final int BAD_REQUEST = 400;
    private static final int FAILED = 500;
    private static final int UNAVAILABLE = 503;

    /**
     * Submits a request.
     *
     * @param model the model to ask
     * @param request as {@link JsonRequest} reads it
     * @param bytes of the body
     * @param before called with the job before any worker sees it
     * @return the job
     * @throws HttpException if a picture in it has too many pixels
     * @throws CompletionException of a {@link QueueFullException} if too many wait
     */
    Job submit(ServedModel model, JsonObject request, long bytes, Consumer<Job> before) {
        PictureLimit.require(request);
        try {
            return queue.submit(
                    model,
                    JsonRequest.of(request, RequestDefaults.NONE, queue.limits().request()),
                    bytes,
                    before);
        } catch (QueueFullException e) {
            throw new CompletionException(e);
        }
    }

    /** Finds a model, and takes its name out of a request. */
    ServedModel model(JsonObject request) {
        return model(text(request, "model", true));
    }

    /**
     * Finds a model.
     *
     * @throws HttpException with 404 if there is none of that name
     */
    ServedModel model(@Nullable String name) {
        try {
            return models.get(name);
        } catch (InvalidRequestException e) {
            throw new HttpException(NOT_FOUND, e.getMessage());
        }
    }

    /** Finds a job. */
    Job job(String id) {
        return queue.find(id)
                .orElseThrow(
                        () ->
                                new HttpException(
                                        NOT_FOUND,
                                        "there is no such job; results are dropped when newer ones need their place"));
    }

    /**
     * Refuses a job that ended without pictures.
     *
     * @throws HttpException with its reason
     */
    static void requireDone(Job job) {
        Optional<Problem> problem = job.problem();
        if (problem.isPresent()) {
            throw new HttpException(
                    problem.get().refused() ? BAD_REQUEST : FAILED, problem.get().message());
        }
        if (job.state() == JobState.CANCELLED) {
            throw new HttpException(UNAVAILABLE, "the request was cancelled");
        }
    }

    /** Asks for what a text means to a model: words, or the name of a class. */
    static void ask(ServedModel model, String text, String negative, JsonObject request) {
        String what = text.strip();
        String against = negative.strip();
        if (model.readsTexts()) {
            request.addProperty("prompt", what);
            if (!against.isEmpty()) {
                request.addProperty("negative_prompt", against);
            }
            return;
        }
        if (!against.isEmpty()) {
            throw new HttpException(
                    BAD_REQUEST,
                    "%s is no model of texts and takes no negative prompt".formatted(model.name()));
        }
        if (what.isEmpty()) {
            return;
        }
        if (model.config().labels().isEmpty()) {
            throw new HttpException(
                    BAD_REQUEST, "%s takes no prompt; send an empty one".formatted(model.name()));
        }
        request.addProperty("class", what);
    }

    /** Returns a text of a request, null where there is none. */
    static @Nullable String text(JsonObject json, String field, boolean taken) {
        if (!json.has(field) || json.get(field).isJsonNull()) {
            if (taken) {
                json.remove(field);
            }
            return null;
        }
        if (json.get(field) instanceof JsonPrimitive primitive && primitive.isString()) {
            if (taken) {
                json.remove(field);
            }
            return primitive.getAsString();
        }
        throw new HttpException(BAD_REQUEST, "%s should be a text".formatted(field));
    }
}
