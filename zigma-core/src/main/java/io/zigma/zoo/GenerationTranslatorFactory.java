package io.zigma.zoo;

import ai.djl.Model;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.modality.cv.Image;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorFactory;
import ai.djl.util.Pair;
import io.zigma.condition.InvalidRequestException;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GenerationResult;
import io.zigma.pipeline.RequestDefaults;
import io.zigma.pipeline.RequestLimits;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Set;

/**
 * Makes the translators for a loaded checkpoint, by input and output types:
 *
 * <ul>
 *   <li>{@link GenerationRequest} → {@link GenerationResult}: pictures with their recipes;
 *   <li>{@link String} → {@link Image}: a prompt, or for a model of classes a class's name, to a
 *       picture;
 *   <li>{@code int[]} → {@link Image}{@code []}: one picture a class number;
 *   <li>{@link Input} → {@link Output}: JSON to PNG or JSON, for DJL Serving.
 * </ul>
 *
 * <p>For the last three a model's arguments {@code seed}, {@code sampler}, {@code steps}, {@code
 * samplerOptions} and {@code guidance} say what to do where a request does not, and {@code
 * maxCount} and {@code maxSteps} how much an external request may ask for. For all of them {@code
 * textEncoder} names the text encoder of a text model, or its folder, and {@code codec} the folder
 * of the codec of a model of latents, where they are not found by the hash in the checkpoint.
 */
public final class GenerationTranslatorFactory implements TranslatorFactory {

    private static final Pair<Type, Type> REQUESTS =
            new Pair<>(GenerationRequest.class, GenerationResult.class);
    private static final Pair<Type, Type> PROMPTS = new Pair<>(String.class, Image.class);
    private static final Pair<Type, Type> CLASSES = new Pair<>(int[].class, Image[].class);
    private static final Pair<Type, Type> SERVING = new Pair<>(Input.class, Output.class);

    /** Creates the factory; DJL does. */
    public GenerationTranslatorFactory() {}

    @Override
    public Set<Pair<Type, Type>> getSupportedTypes() {
        return Set.of(REQUESTS, PROMPTS, CLASSES, SERVING);
    }

    /**
     * Makes a translator.
     *
     * @param input what comes in
     * @param output type of the output
     * @param model loaded by {@link CheckpointBlockFactory}
     * @param arguments what the model was loaded with
     * @return a translator that any number of predictors may share
     * @throws TranslateException if the types are not supported, an argument cannot be meant, or
     *     the model is none of a checkpoint
     */
    @Override
    @SuppressWarnings("unchecked") // each branch is of the types that it was chosen by
    public <I, O> Translator<I, O> newInstance(
            Class<I> input, Class<O> output, Model model, Map<String, ?> arguments)
            throws TranslateException {
        // a block that the caller provided was never searched for
        LoadedArtifact.found();
        Pair<Type, Type> types = new Pair<>(input, output);
        try {
            LoadedCheckpoint checkpoint = LoadedCheckpoint.of(model, arguments);
            if (types.equals(REQUESTS)) {
                return (Translator<I, O>) new RequestTranslator(checkpoint);
            }
            RequestDefaults defaults = RequestDefaults.of(arguments);
            if (types.equals(PROMPTS)) {
                return (Translator<I, O>) new PromptTranslator(checkpoint, defaults);
            }
            if (types.equals(CLASSES)) {
                return (Translator<I, O>) new ClassesTranslator(checkpoint, defaults);
            }
            if (types.equals(SERVING)) {
                return (Translator<I, O>)
                        new ServingTranslator(checkpoint, defaults, RequestLimits.of(arguments));
            }
        } catch (InvalidRequestException e) {
            throw new RequestRefusedException(e);
        } catch (IOException e) {
            throw new TranslateException(e.getMessage(), e);
        }
        throw new TranslateException(
                "there is no translator from %s to %s; there are %s"
                        .formatted(input.getTypeName(), output.getTypeName(), getSupportedTypes()));
    }
}
