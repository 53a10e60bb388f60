"""Golden values for the networks: TensorFlow 2.21.0, float64. Usage: python neural.py > neural.json"""

import json

import numpy as np
import tensorflow as tf

rng = np.random.default_rng(7)
rows = 6


def numbers(*shape):
    return np.round(rng.normal(size=shape), 3)


def listed(tensor):
    return np.asarray(tensor, dtype=float).ravel().tolist()


def run(weights, forward, inputs, targets, loss, rules):
    """Forward pass, gradients, and the weights after five steps of Adam."""
    variables = [tf.Variable(weight) for weight in weights]
    optimizer = tf.keras.optimizers.AdamW(
        learning_rate=rules["learningRate"],
        beta_1=rules["beta1"],
        beta_2=rules["beta2"],
        epsilon=rules["epsilon"],
        weight_decay=rules["weightDecay"],
    )
    result = None
    for _ in range(5):
        with tf.GradientTape() as tape:
            outputs = forward(variables, tf.constant(inputs))
            value = loss(outputs, tf.constant(targets))
        gradients = tape.gradient(value, variables)
        if result is None:
            result = {
                "outputs": listed(outputs),
                "loss": float(value),
                "gradients": sum((listed(gradient) for gradient in gradients), []),
            }
        gradients, _ = tf.clip_by_global_norm(gradients, rules["clip"])
        optimizer.apply_gradients(zip(gradients, variables))
    result["after"] = sum((listed(variable) for variable in variables), [])
    return {
        "weights": sum((listed(weight) for weight in weights), []),
        "inputs": listed(inputs),
        "targets": listed(targets),
        **result,
    }


def dense(x, matrix, bias, activation=lambda z: z):
    return activation(tf.matmul(x, matrix, transpose_b=True) + bias)


def mlp(w, x):
    return dense(dense(dense(x, w[0], w[1], tf.tanh), w[2], w[3], tf.nn.relu), w[4], w[5])


units, features, steps = 4, 2, 5


def lstm(w, x):
    """Keras' own LSTM layer, whose gates stand in the order input, forget, cell, output and whose kernels are ours transposed."""
    layer = tf.keras.layers.LSTMCell(units, dtype="float64")
    kernel, recurrent = tf.transpose(w[0][:, :features]), tf.transpose(w[0][:, features:])
    layer.build((None, features))
    layer.kernel, layer.recurrent_kernel, layer.bias = kernel, recurrent, w[1]
    state = [tf.zeros((rows, units), tf.float64), tf.zeros((rows, units), tf.float64)]
    sequence = tf.reshape(x, (rows, steps, features))
    for step in range(steps):
        _, state = layer(sequence[:, step], state)
    return dense(state[0], w[2], w[3])


pool = np.array([[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]])


def residual(w, x):
    first = dense(dense(tf.matmul(x, pool, transpose_b=True), w[0], w[1], tf.tanh), w[2], w[3])
    second = dense(x - first[:, :4], w[4], w[5])
    return first[:, 4:] + second[:, 4:]


def huber(outputs, targets, delta=0.7):
    size = tf.abs(outputs - targets)
    return tf.reduce_mean(tf.where(size <= delta, 0.5 * size**2, delta * (size - 0.5 * delta)))


def pinball(outputs, targets, quantiles=(0.1, 0.5, 0.95)):
    error = targets - outputs
    p = tf.constant(quantiles, tf.float64)
    return tf.reduce_mean(tf.maximum(p * error, (p - 1) * error))


# Powers of two where Keras keeps a number as float32.
adam = {"learningRate": 1 / 64, "beta1": 7 / 8, "beta2": 63 / 64, "epsilon": 1e-12, "weightDecay": 1 / 128, "clip": 0.5}
print(
    json.dumps(
        {
            "reference": f"TensorFlow {tf.__version__}",
            "optimizer": adam,
            "cases": {
                "dense": run(
                    [numbers(7, 5), numbers(7), numbers(6, 7), numbers(6), numbers(3, 6), numbers(3)],
                    mlp,
                    numbers(rows, 5),
                    numbers(rows, 3),
                    huber,
                    adam,
                ),
                "lstm": run(
                    [numbers(4 * units, features + units), numbers(4 * units), numbers(3, units), numbers(3)],
                    lstm,
                    numbers(rows, steps * features),
                    numbers(rows, 1),
                    pinball,
                    adam,
                ),
                "residual": run(
                    [numbers(6, 2), numbers(6), numbers(7, 6), numbers(7), numbers(7, 4), numbers(7)],
                    residual,
                    numbers(rows, 4),
                    numbers(rows, 3),
                    lambda outputs, targets: 0.5 * tf.reduce_mean((outputs - targets) ** 2),
                    adam,
                ),
            },
        }
    )
)
