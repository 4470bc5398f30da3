package io.zigma.op;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import io.zigma.base.GradientMode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A function in TorchScript, which reaches operators of the engine that DJL does not offer.
 *
 * <p>The engine loads it from an archive as PyTorch's {@code torch.jit.save} writes it, here made
 * in memory: a zip of the code, of an object without parameters in Python's pickle format, of no
 * constants and of the format's version.
 */
final class ScriptFunction {

    // protocol 2: an object of the class in the code, made without arguments, training = False
    private static final byte[] OBJECT =
            latin("\u0080\2c__torch__\nFunction\n)\u0081}(X\10\0\0\0training\u0089ub.");
    private static final byte[] EMPTY_TUPLE = latin("\u0080\2).");
    private static final byte[] VERSION = latin("3\n");
    private static final String TENSOR = "Tensor";

    private final PtSymbolBlock module;
    private final ParameterStore noParameters;

    private ScriptFunction(String result, List<String> arguments, String... statements) {
        StringBuilder code = new StringBuilder("class Function(Module):\n");
        code.append("  __parameters__ = []\n  __buffers__ = []\n  training : bool\n");
        code.append("  def forward(self: __torch__.Function");
        arguments.forEach(name -> code.append(",\n    ").append(name).append(": Tensor"));
        code.append(") -> ").append(result).append(":\n");
        for (String statement : statements) {
            code.append("    ").append(statement).append('\n');
        }
        NDManager manager =
                NDManager.newBaseManager(Device.cpu(), PtEngine.ENGINE_NAME); // lives as long as it
        try {
            module =
                    JniUtils.loadModule(
                            (PtNDManager) manager,
                            new ByteArrayInputStream(archive(code.toString())),
                            false,
                            false);
        } catch (IOException e) {
            throw new UncheckedIOException("the engine does not read its own script format", e);
        }
        noParameters = new ParameterStore(manager, false);
    }

    /**
     * Compiles an expression.
     *
     * @param expression of TorchScript, in the names of the arguments
     * @param arguments names of tensors
     */
    static ScriptFunction of(String expression, String... arguments) {
        return new ScriptFunction(TENSOR, List.of(arguments), "return " + expression);
    }

    /**
     * Compiles statements.
     *
     * @param arguments names of tensors
     * @param statements of TorchScript, the last of which returns a tensor
     */
    static ScriptFunction ofStatements(List<String> arguments, String... statements) {
        return new ScriptFunction(TENSOR, arguments, statements);
    }

    /**
     * Compiles statements with two results.
     *
     * @param arguments names of tensors
     * @param statements of TorchScript, the last of which returns a tuple of two tensors
     */
    static ScriptFunction ofPair(List<String> arguments, String... statements) {
        return new ScriptFunction("Tuple[Tensor, Tensor]", arguments, statements);
    }

    /**
     * Compiles a call without a result.
     *
     * @param call of TorchScript, in the names of the arguments
     * @param arguments names of tensors, at least one
     */
    static ScriptFunction procedure(String call, List<String> arguments) {
        return new ScriptFunction(TENSOR, arguments, "_0 = " + call, "return " + arguments.get(0));
    }

    /**
     * Runs the function; nothing it does is recorded for gradients.
     *
     * @param arguments as many as it has
     * @return the result, in the manager of the first argument
     */
    NDArray apply(NDArray... arguments) {
        return forward(new NDList(arguments)).singletonOrThrow();
    }

    /**
     * Runs the function so that gradients flow back through it where this thread records them.
     *
     * @param arguments as many as it has
     * @return the result, in the manager of the first argument
     */
    NDArray applyRecorded(NDArray... arguments) {
        return allRecorded(arguments).singletonOrThrow();
    }

    /**
     * Runs a function of several results so that gradients flow back through it where this thread
     * records them.
     *
     * @param arguments as many as it has
     * @return the results, in the manager of the first argument
     */
    NDList allRecorded(NDArray... arguments) {
        return module.forward(noParameters, new NDList(arguments), true);
    }

    /**
     * Runs a procedure; nothing it does is recorded for gradients.
     *
     * @param arguments as many as it has
     */
    void run(NDList arguments) {
        forward(arguments).close();
    }

    /**
     * Always in the engine's mode of training: what the other one returns, and memory that it
     * fills, cannot be written again.
     */
    private NDList forward(NDList arguments) {
        return GradientMode.off(() -> module.forward(noParameters, arguments, true));
    }

    private static byte[] archive(String code) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            add(zip, "function/data.pkl", OBJECT);
            add(zip, "function/constants.pkl", EMPTY_TUPLE);
            add(zip, "function/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
            add(zip, "function/version", VERSION);
        }
        return bytes.toByteArray();
    }

    /** Adds an entry as it is, because the engine reads no compressed ones. */
    private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        CRC32 sum = new CRC32();
        sum.update(content);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
