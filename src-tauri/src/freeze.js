// Nobody adds to or changes Object.prototype: data that reaches the page as JSON cannot give every object a new property.
// A bare Object.freeze would also forbid `object.toString = …` on other objects, which charts do; so each property
// becomes one that gives the original and lets other objects have their own.
(() => {
  const root = Object.prototype;
  for (const key of Reflect.ownKeys(root)) {
    const { value, configurable } = Object.getOwnPropertyDescriptor(root, key);
    if (value === undefined || !configurable) continue;
    Object.defineProperty(root, key, {
      get: () => value,
      set(own) {
        if (this === root) throw new TypeError("Object.prototype cannot be changed");
        Object.defineProperty(this, key, { value: own, writable: true, enumerable: true, configurable: true });
      },
      enumerable: false,
      configurable: false,
    });
  }
  Object.freeze(root);
})();
